import { ActionIcon, Alert, Button, Text, TextInput } from '@mantine/core'
import { IconEye, IconPlus, IconSearch, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useRef, useState } from 'react'

import { Page } from '@/components/Page'
import { EmptyState, ErrorState, LoadingLines } from '@/components/States'
import { useActions } from '@/lib/actions'
import { useKeys } from '@/lib/keys'
import { mayAct, useMe } from '@/lib/me'
import { OPERATORS } from '@/lib/operators'

import { NEW } from '../queries'
import { useSay } from '../texts'
import { List } from './List'
import classes from './operators.module.css'
import { Panel } from './Panel'

const ADDRESS = '/settings/operators/{-$operatorId}'

/** Settings > Operators: who works here, and beside it the one whom the address names. */
export default function Operators() {
  const say = useSay()
  const go = useNavigate()
  const may = mayAct(useMe(), 'admin')
  const { operatorId } = useParams({ strict: false }) as { operatorId?: string }
  const [words, setWords] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const asked = useQuery(OPERATORS)
  const open = (id?: string) => void go({ to: ADDRESS, params: { operatorId: id } as never })
  const wanted = words.trim().toLocaleLowerCase()
  const found = (asked.data ?? []).filter(({ name, email }) => `${name}\n${email}`.toLocaleLowerCase().includes(wanted))
  useKeys([
    { keys: '/', label: say('keySearch'), group: say('group'), run: () => field.current?.focus() },
    ...(may ? [{ keys: 'n', label: say('add'), group: say('group'), opens: true, run: () => open(NEW) }] : []),
  ])
  useActions(
    may
      ? [
          {
            id: 'operators add',
            label: say('add'),
            group: say('group'),
            icon: <IconPlus size={20} />,
            run: () => open(NEW),
          },
        ]
      : [],
  )
  return (
    <Page
      title={say('title')}
      tools={
        may && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => open(NEW)}>
            {say('add')}
          </Button>
        )
      }
    >
      <Text c="dimmed" size="sm" mb="md">
        {say('intro')}
      </Text>
      {!may && (
        <Alert color="gray" icon={<IconEye size={18} aria-hidden />} mb="md">
          {say('readOnly')}
        </Alert>
      )}
      <TextInput
        ref={field}
        className={classes.search}
        aria-label={say('search')}
        placeholder={say('search')}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          words && (
            <ActionIcon variant="subtle" color="gray" aria-label={say('clear')} onClick={() => setWords('')}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          )
        }
      />
      {asked.isPending ? (
        <LoadingLines height={48} count={5} />
      ) : !asked.data ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : found.length === 0 ? (
        <EmptyState title={say('nobody')} text={say('nobodyText')} />
      ) : (
        <List operators={found} />
      )}
      {operatorId && asked.data && (
        <Panel key={operatorId} id={operatorId} operators={asked.data} close={() => open()} />
      )}
    </Page>
  )
}
