import { ActionIcon, Button, Menu, Switch, Text, Title, Tooltip } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowLeft,
  IconCheck,
  IconDots,
  IconHandStop,
  IconInfoCircle,
  IconSparkles,
  IconUserShare,
} from '@tabler/icons-react'
import { lazy, Suspense } from 'react'

import { ChannelIcon } from '@/components/ChannelIcon'
import { Face } from '@/components/Face'
import { useCommands } from '@/lib/commands'

import type { Full } from '../api/session'
import { useSay } from '../texts'
import { Company } from './Company'
import { useControls, type Control } from './useControls'
import classes from './workspace.module.css'

const Assign = lazy(() => import('./Assign'))

interface Given {
  session: Full
  close: () => void
  narrow: boolean
  information: boolean
  toggleInformation: () => void
}

/** Whose conversation it is, who else is here, and who may speak from now on. */
export function Header({ session, close, narrow, information, toggleInformation }: Given) {
  const say = useSay()
  const name = session.customer.name || say('unknown')
  const controls = useControls(session, close)
  useCommands(
    controls.list.map(({ id, keys, label, opens, run }) => ({
      id: `conversation ${id}`,
      keys,
      label,
      opens,
      run,
      group: say('keysHere'),
    })),
    name,
  )
  return (
    <header className={classes.head}>
      {narrow && (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={say('back')} onClick={close}>
          <IconArrowLeft size={20} className={classes.mirrored} />
        </ActionIcon>
      )}
      <Face name={name} size={narrow ? 36 : 42} />
      <div className={classes.who}>
        <Title order={narrow ? 1 : 2} size="h4" lineClamp={1}>
          <bdi>{name}</bdi>
        </Title>
        <Text size="sm" c="dimmed" component="div" className={classes.where}>
          <ChannelIcon kind={session.channel.kind} name={session.channel.name} size={18} />
          <span className={classes.clip}>
            {[session.subject, session.channel.name, session.agent?.name].filter(Boolean).join(' · ')}
          </span>
        </Text>
      </div>
      <Company session={session} />
      {!narrow && <Buttons session={session} controls={controls} />}
      {narrow && <Few list={controls.list} assign={controls.assigning.open} may={controls.mayAssign} />}
      <Tooltip label={say(information ? 'hideInformation' : 'showInformation')}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={say(information ? 'hideInformation' : 'showInformation')}
          aria-pressed={information}
          onClick={toggleInformation}
        >
          <IconInfoCircle size={20} />
        </ActionIcon>
      </Tooltip>
      <Suspense>
        {controls.assigning.opened && <Assign session={session} state={controls.assigning} assign={controls.assign} />}
      </Suspense>
    </header>
  )
}

const LOOKS = {
  takeover: { Icon: IconHandStop, color: undefined, variant: 'filled' },
  return: { Icon: IconArrowBackUp, color: undefined, variant: 'default' },
  resolve: { Icon: IconCheck, color: 'red.9', variant: 'filled' },
} as const

function Buttons({ session, controls }: { session: Full; controls: ReturnType<typeof useControls> }) {
  const say = useSay()
  const copilot = controls.list.find(({ id }) => id === 'copilot')
  return (
    <>
      {copilot && (
        <Tooltip label={say('copilotHint')}>
          <Switch
            className={classes.switch}
            label={say('copilot')}
            aria-label={say('copilot')}
            checked={session.control.mode === 'copilot'}
            onChange={copilot.run}
            thumbIcon={<IconSparkles size={12} color="var(--mantine-color-baton-7)" />}
          />
        </Tooltip>
      )}
      {controls.mayAssign && (
        <Tooltip label={say('assign')}>
          <ActionIcon variant="default" size={36} aria-label={say('assign')} onClick={controls.assigning.open}>
            <IconUserShare size={18} />
          </ActionIcon>
        </Tooltip>
      )}
      {controls.list.map((one) => {
        if (!(one.id in LOOKS)) return null
        const { Icon, color, variant } = LOOKS[one.id as keyof typeof LOOKS]
        return (
          <Button
            key={one.id}
            variant={variant}
            color={color}
            leftSection={<Icon size={18} aria-hidden />}
            classNames={{ root: classes.control, section: classes.picture, label: classes.label }}
            title={one.label}
            onClick={one.run}
            data-control={one.id}
          >
            {one.label}
          </Button>
        )
      })}
    </>
  )
}

/** All of it in a menu, on a phone. */
function Few({ list, assign, may }: { list: Control[]; assign: () => void; may: boolean }) {
  const say = useSay()
  const shown = list.filter(({ id }) => id !== 'assign')
  if (shown.length === 0 && !may) return null
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={say('more')}>
          <IconDots size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {shown.map((one) => (
          <Menu.Item
            key={one.id}
            color={one.id === 'resolve' ? 'red' : undefined}
            rightSection={one.on ? <IconCheck size={16} /> : undefined}
            onClick={one.run}
          >
            {one.label}
          </Menu.Item>
        ))}
        {may && <Menu.Item onClick={assign}>{say('assign')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}
