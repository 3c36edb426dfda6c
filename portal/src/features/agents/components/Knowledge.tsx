import { Alert, Badge, Button, FileButton, Group, Text, TextInput } from '@mantine/core'
import { IconFileText, IconPlus, IconSearch, IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { ErrorState, LoadingLines } from '@/components/States'
import { useKeys } from '@/lib/keys'
import { full } from '@/lib/time'

import { documentsOf, useOperators, type Agent, type Listed } from '../queries'
import { useSay } from '../texts'
import { useUnsavedBelow } from '../unsaved'
import classes from './agents.module.css'
import { Document } from './Document'
import { Remove } from './Remove'
import { keptAs } from './useDocument'
import { TAKEN, useFiles } from './useFiles'

export const NEW = 'new'
/** With so many documents one is searched for. */
const MANY = 12

interface Given {
  agent: Agent
  may: boolean
  /** The name of the document that is open, or `new`. */
  open?: string
  turn: (doc?: string) => void
}

/** What the agent can look up. Files are dropped anywhere on it. */
export function Knowledge({ agent, may, open, turn }: Given) {
  const say = useSay()
  const { data, error, refetch } = useQuery(documentsOf(agent.id))
  const files = useFiles(agent.id, data, may)
  if (!data && error) return <ErrorState error={error} retry={() => void refetch()} />
  if (!data) return <LoadingLines />
  const name = open === NEW ? null : open
  return (
    <div className={classes.drop} {...files.drop}>
      {files.refused.length > 0 && <Refused why={files.refused} understood={files.understood} />}
      {name === undefined ? (
        <List agent={agent} all={data} may={may} files={files} turn={turn} />
      ) : (
        <Document key={open} agent={agent} all={data} name={name} may={may} turn={turn} />
      )}
      {files.over && <div className={classes.dropHere}>{say('dropHere')}</div>}
    </div>
  )
}

/** Files that became no documents, and why. */
function Refused({ why, understood }: { why: string[]; understood: () => void }) {
  const say = useSay()
  return (
    <Alert
      color="red"
      variant="light"
      mb="md"
      role="alert"
      title={say('notAdded')}
      withCloseButton
      closeButtonLabel={say('understood')}
      onClose={understood}
    >
      {why.map((one) => (
        <p key={one} className={classes.why}>
          {one}
        </p>
      ))}
    </Alert>
  )
}

interface ListGiven {
  agent: Agent
  all: Listed[]
  may: boolean
  files: ReturnType<typeof useFiles>
  turn: (doc?: string) => void
}

function List({ agent, all, may, files, turn }: ListGiven) {
  const say = useSay()
  const begun = useUnsavedBelow(keptAs(agent.id, null))
  const [wanted, setWanted] = useState('')
  const shown = all.filter((one) => one.name.toLowerCase().includes(wanted.trim().toLowerCase()))
  const lost = begun.filter((name) => name && !all.some((one) => one.name === name))
  useKeys(may ? [{ keys: 'n', label: say('addDocument'), group: say('group'), opens: true, run: () => turn(NEW) }] : [])
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {say('knowledgeText')} {may && say('knowledgeLimits')}
      </Text>
      {may && (
        <Group gap="xs" mb="md">
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => turn(NEW)}>
            {say('addDocument')}
          </Button>
          <Upload add={files.add} busy={files.busy} />
          {begun.includes('') && (
            <Badge variant="light" color="orange" tt="none">
              {say('newBegun')}
            </Badge>
          )}
        </Group>
      )}
      {all.length === 0 && (
        <Text size="sm" c="dimmed">
          {say('noDocuments')}
        </Text>
      )}
      {all.length > MANY && (
        <TextInput
          type="search"
          aria-label={say('find')}
          placeholder={say('find')}
          leftSection={<IconSearch size={16} aria-hidden />}
          maw={420}
          mb="sm"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      {all.length > 0 && shown.length === 0 && (
        <Text size="sm" c="dimmed">
          {say('notFound')}
        </Text>
      )}
      <ul className={classes.documents} aria-label={say('knowledge')}>
        {shown.map((one) => (
          <Line key={one.name} agentId={agent.id} one={one} may={may} begun={begun.includes(one.name)} turn={turn} />
        ))}
        {lost.map((name) => (
          <Lost key={name} name={name} turn={turn} />
        ))}
      </ul>
    </>
  )
}

function Upload({ add, busy }: { add: (files: File[]) => Promise<void>; busy: boolean }) {
  const say = useSay()
  const reset = useRef<() => void>(null)
  const chosen = (files: File[]) => {
    void add(files)
    reset.current?.()
  }
  return (
    <FileButton onChange={chosen} accept={TAKEN} multiple resetRef={reset} inputProps={{ 'aria-label': say('upload') }}>
      {(props) => (
        <Button {...props} variant="default" loading={busy} leftSection={<IconUpload size={16} aria-hidden />}>
          {say('upload')}
        </Button>
      )}
    </FileButton>
  )
}

interface LineGiven {
  agentId: string
  one: Listed
  may: boolean
  begun: boolean
  turn: (doc: string) => void
}

function Line({ agentId, one, may, begun, turn }: LineGiven) {
  const say = useSay()
  const { i18n } = useTranslation()
  const origin = useOrigin(one)
  return (
    <li>
      <IconFileText size={22} stroke={1.5} className={classes.dim} aria-hidden />
      <div className={classes.grow}>
        <div className={classes.named}>
          <button type="button" className={classes.whole} onClick={() => turn(one.name)}>
            <bdi>{one.name}</bdi>
          </button>
          {one.replaces && (
            <Badge variant="default" size="sm" tt="none">
              {say('replaces')}
            </Badge>
          )}
          {begun && (
            <Badge variant="light" color="orange" size="sm" tt="none">
              {say('unsaved')}
            </Badge>
          )}
        </div>
        <Text size="xs" c="dimmed">
          {origin} · {say('size', { count: one.size, shown: one.size.toLocaleString(i18n.language) })}
        </Text>
      </div>
      {may && one.origin === 'written' && <Remove agentId={agentId} one={one} />}
    </li>
  )
}

/** Somebody else has deleted it while it was being written. */
function Lost({ name, turn }: { name: string; turn: (doc: string) => void }) {
  const say = useSay()
  return (
    <li>
      <IconFileText size={22} stroke={1.5} className={classes.dim} aria-hidden />
      <div className={classes.grow}>
        <button type="button" className={classes.whole} onClick={() => turn(name)}>
          <bdi>{name}</bdi>
        </button>
        <Text size="xs" c="dimmed">
          {say('lost')}
        </Text>
      </div>
    </li>
  )
}

/** Whose words these are. */
export function useOrigin(one: Listed): string {
  const say = useSay()
  const { i18n } = useTranslation()
  const name = useOperators().find(({ id }) => id === one.by)?.name
  if (one.origin === 'shipped' || one.changed_at === null) return say('shipped')
  const at = full(one.changed_at, i18n.language)
  return name ? say('writtenBy', { name, at }) : say('written', { at })
}
