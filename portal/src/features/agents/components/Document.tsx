import { ActionIcon, Button, Group, Text, TextInput, Title, Tooltip } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'

import { EmptyState, ErrorState, LoadingState } from '@/components/States'
import { confirm } from '@/lib/confirm'
import { useKeys } from '@/lib/keys'

import { LONGEST, wrong } from '../documents'
import type { Agent, Listed } from '../queries'
import { useSay } from '../texts'
import classes from './agents.module.css'
import { Counted } from './Counted'
import { useOrigin } from './Knowledge'
import { Choice } from './Meanwhile'
import { Remove } from './Remove'
import { useDocument, type Open } from './useDocument'
import { useLeaving } from './useLeaving'

interface Given {
  agent: Agent
  all: Listed[]
  /** null: a new one. */
  name: string | null
  may: boolean
  turn: (doc?: string) => void
}

/** One document, to be read or written. */
export function Document({ agent, all, name, may, turn }: Given) {
  const say = useSay()
  const one = useDocument(agent.id, name, all)
  const back = () => turn()
  useLeaving(one.dirty, one.name || say('newDocument'))
  if (one.loading && one.error) return <ErrorState error={one.error} retry={one.retry} />
  if (one.loading) return <LoadingState />
  const missing = name !== null && !one.listed && !one.dirty
  return (
    <>
      <Group gap="xs" mb="md" wrap="nowrap">
        <Tooltip label={say('allDocuments')} openDelay={300}>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={say('allDocuments')} onClick={back}>
            <IconArrowLeft size={20} className={classes.mirrored} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Title order={2} size="h4" className={classes.grow} dir="auto">
          {name ?? say('newDocument')}
        </Title>
        {may && one.listed?.origin === 'written' && <Remove agentId={agent.id} one={one.listed} then={back} />}
      </Group>
      {missing ? (
        <EmptyState title={say('noSuchDocument')} />
      ) : (
        <Writing one={one} isNew={name === null} may={may} turn={turn} />
      )}
    </>
  )
}

function Writing({ one, isNew, may, turn }: { one: Open; isNew: boolean; may: boolean; turn: (doc?: string) => void }) {
  const say = useSay()
  const why = wrong(one.target, one.text)
  const able = may && one.dirty && !one.moved && !one.taken && !why
  const save = async () => {
    if (!able) return
    const saved = await one.save()
    if (saved && isNew) turn(saved)
  }
  useKeys(
    may
      ? [{ keys: 'mod+s', label: say('keySave'), group: say('group'), run: () => void save(), whileTyping: true }]
      : [],
  )
  return (
    <>
      {one.listed && <About listed={one.listed} may={may} />}
      {one.moved && (
        <Choice
          title={say(one.gone ? 'documentGone' : 'documentMoved')}
          theirs={one.stored?.text ?? say('nothing')}
          keep={one.insist}
          take={one.discard}
        />
      )}
      {isNew && <Name one={one} />}
      <Counted
        aria-label={say('text')}
        placeholder={say('textExample')}
        minRows={14}
        maxRows={28}
        most={LONGEST}
        value={one.text}
        readOnly={!may || one.busy}
        write={(text) => one.change({ text })}
        autoFocus={!isNew && may}
      />
      {may && <Foot one={one} able={able} save={() => void save()} />}
    </>
  )
}

function About({ listed, may }: { listed: Listed; may: boolean }) {
  const say = useSay()
  const origin = useOrigin(listed)
  return (
    <Text size="sm" c="dimmed" mb="sm">
      {origin}
      {may && listed.origin === 'shipped' && ` · ${say('shippedText')}`}
      {listed.replaces && ` · ${say('replacesText')}`}
    </Text>
  )
}

function Name({ one }: { one: Open }) {
  const say = useSay()
  return (
    <TextInput
      label={say('name')}
      description={one.target ? say('nameIs', { name: one.target }) : say('nameText')}
      placeholder={say('nameExample')}
      maxLength={120}
      mb="md"
      maw={420}
      value={one.name}
      error={one.taken && say('nameTaken')}
      onChange={(event) => one.change({ name: event.currentTarget.value })}
      autoFocus
    />
  )
}

function Foot({ one, able, save }: { one: Open; able: boolean; save: () => void }) {
  const say = useSay()
  const discard = async () => {
    const sure = await confirm({ title: say('discardTitle'), text: one.name, yes: say('discard'), grave: true })
    if (sure) one.discard()
  }
  return (
    <div className={classes.foot}>
      {one.dirty && (
        <Text size="sm" c="dimmed" className={classes.grow}>
          {say('keptHere')}
        </Text>
      )}
      {one.dirty && (
        <Button variant="default" onClick={() => void discard()}>
          {say('discard')}
        </Button>
      )}
      <Button onClick={save} loading={one.busy} disabled={!able}>
        {say('saveDocument')}
      </Button>
    </div>
  )
}
