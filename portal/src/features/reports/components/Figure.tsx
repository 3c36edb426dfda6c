import { ActionIcon, Group, HoverCard, Paper, Skeleton, Text, Title, Tooltip, VisuallyHidden } from '@mantine/core'
import { IconChartBar, IconDownload, IconInfoCircle, IconTable } from '@tabler/icons-react'
import { useState, type ReactNode } from 'react'

import { ErrorState } from '@/components/States'

import { useSay } from '../texts'
import classes from './reports.module.css'

interface Given {
  name: string
  how: string
  /** What will be here, while there is nothing. */
  empty?: string
  csv?: string
  wide?: boolean
  asked: { isPending: boolean; data?: unknown; error: unknown; refetch: () => unknown }
  plot?: ReactNode
  table: ReactNode
}

/** A plot and the table that says the same; without a plot the table is all. */
export function Figure({ name, how, empty, csv, wide, asked, plot, table }: Given) {
  const say = useSay()
  const [plain, setPlain] = useState(false)
  const shown = asked.data !== undefined && !empty
  return (
    <Paper
      component="section"
      withBorder
      p="md"
      className={classes.figure}
      data-wide={wide || undefined}
      aria-label={name}
    >
      <Group gap={4} wrap="nowrap" mb="sm">
        <Title order={2} size="h5">
          {name}
        </Title>
        <How name={name} text={how} />
        <span className={classes.space} />
        {shown && plot && (
          <Tooltip label={say(plain ? 'asPlot' : 'asTable', { name })}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={say(plain ? 'asPlot' : 'asTable', { name })}
              onClick={() => setPlain(!plain)}
            >
              {plain ? <IconChartBar size={18} aria-hidden /> : <IconTable size={18} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
        {shown && csv && (
          <Tooltip label={say('csv', { name })}>
            <ActionIcon
              component="a"
              href={csv}
              download
              variant="subtle"
              color="gray"
              aria-label={say('csv', { name })}
            >
              <IconDownload size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      <Body asked={asked} empty={empty} plot={plain ? undefined : plot} table={table} />
    </Paper>
  )
}

function Body({ asked, empty, plot, table }: Pick<Given, 'asked' | 'empty' | 'plot' | 'table'>) {
  if (asked.isPending) return <Skeleton height={240} />
  if (!asked.data) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (empty)
    return (
      <Text c="dimmed" size="sm" className={classes.empty}>
        {empty}
      </Text>
    )
  if (!plot)
    return (
      <div className={classes.tabled} tabIndex={0} role="group">
        {table}
      </div>
    )
  return (
    <>
      <div aria-hidden>{plot}</div>
      <VisuallyHidden>{table}</VisuallyHidden>
    </>
  )
}

/** How a figure is counted, for mouse, finger and keyboard. */
export function How({ name, text }: { name: string; text: string }) {
  const say = useSay()
  const label = say('how', { name })
  const [open, setOpen] = useState(false)
  return (
    <HoverCard
      width={300}
      shadow="md"
      openDelay={150}
      withArrow
      onOpen={() => setOpen(true)}
      onClose={() => setOpen(false)}
    >
      <HoverCard.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={label}
          aria-description={text}
          aria-expanded={open}
        >
          <IconInfoCircle size={16} aria-hidden />
        </ActionIcon>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <Text size="sm">{text}</Text>
      </HoverCard.Dropdown>
    </HoverCard>
  )
}
