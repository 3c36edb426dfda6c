import { ActionIcon, Badge, Button, Loader, Text, TextInput, Title, Tooltip } from '@mantine/core'
import { IconRefresh, IconSend, IconSparkles } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type FormEvent } from 'react'

import { useCommands } from '@/lib/commands'
import { confirm } from '@/lib/confirm'
import { useKeys } from '@/lib/keys'
import { useMe } from '@/lib/me'
import { useSaid } from '@/lib/said'

import { useOutgoing } from '../api/outgoing'
import { suggestionsOf, writingOf, type Full, type Suggestion } from '../api/session'
import { unsentOf } from '../api/unsent'
import { dismiss, useAct, useOutgoingStore } from '../api/workspace'
import { useSay } from '../texts'
import { paragraphs, words } from './formatted'
import { Proposal } from './Proposal'
import classes from './suggestions.module.css'

const NONE: Suggestion[] = []
const EARLIER = 3

/** What the AI would answer. Only who has the conversation sees it; `compact`: above the field, the newest only. */
export function Suggestions({ session, compact = false }: { session: Full; compact?: boolean }) {
  const me = useMe()
  const { mode, operator_id: holder } = session.control
  if (holder !== me.id || (mode !== 'copilot' && mode !== 'human')) return null
  return <Panel session={session} compact={compact} />
}

function Panel({ session, compact }: { session: Full; compact: boolean }) {
  const say = useSay()
  const said = useSaid()
  const client = useQueryClient()
  const found = useQuery(suggestionsOf(session.id)).data ?? NONE
  const writing = useQuery(writingOf(session.id)).data
  const outgoing = useOutgoingStore()
  const sent = new Set(useOutgoing(outgoing).map((one) => one.message.suggestion_id))
  const open = found.filter((one) => one.state === 'open' && !sent.has(one.id))
  const earlier = found.filter((one) => one.state === 'overtaken' && !sent.has(one.id)).slice(0, EARLIER)
  const acts = useActs(session)
  const [first] = open
  const mayWrite = session.composer.may_write
  useFirst(first, mayWrite, {
    send: acts.send,
    edit: (one) => void acts.edit(one),
    dismiss: ({ id }) => void dismiss(client, session.id, id),
  })
  const copilot = session.control.mode === 'copilot'
  if (!copilot && open.length === 0) return compact ? null : <Off />
  const shown = compact ? open.slice(0, 1) : open
  return (
    <section className={classes.panel} data-compact={compact || undefined} aria-label={say('suggestions')}>
      {!compact && <Heading />}
      {writing?.text && <Written text={writing.text} />}
      {writing?.failed && !writing.text && (
        <Text size="sm" c="red" role="alert">
          {say('suggestionFailed', { reason: said(writing.failed) })}
        </Text>
      )}
      {shown.map((one) => (
        <Proposal
          key={one.id}
          one={one}
          mayWrite={mayWrite}
          send={acts.send}
          edit={acts.edit}
          dismiss={(gone) => void dismiss(client, session.id, gone.id)}
        />
      ))}
      {!compact && !writing?.text && open.length === 0 && (
        <Text size="sm" c="dimmed">
          {say('suggestionNone')}. {say('suggestionNoneText')}
        </Text>
      )}
      {copilot && (
        <Ask session={session} busy={Boolean(writing?.text)} newest={found[0]?.id} failed={writing?.failed ?? ''} />
      )}
      {!compact && earlier.length > 0 && (
        <details className={classes.earlier}>
          <summary>{say('suggestionEarlier')}</summary>
          {earlier.map((one) => (
            <Proposal key={one.id} one={one} mayWrite={mayWrite} send={acts.send} edit={acts.edit} />
          ))}
        </details>
      )}
      <div className={classes.spoken} aria-live="polite">
        {first && say('suggestionNew', { text: first.text.slice(0, 300) })}
      </div>
    </section>
  )
}

type Name = 'send' | 'edit' | 'dismiss'

const FIRST = [
  { name: 'send', keys: 's', text: 'keySuggestionSend' },
  { name: 'edit', keys: 'e', text: 'keySuggestionEdit' },
  { name: 'dismiss', keys: 'd', text: 'keySuggestionDismiss' },
] as const

/** What is done to the first suggestion by keys, and in the palette. */
function useFirst(
  first: Suggestion | undefined,
  mayWrite: boolean,
  acts: Record<Name, (one: Suggestion) => void>,
): void {
  const say = useSay()
  const group = say('keysHere')
  const list = first ? FIRST.filter(({ name }) => mayWrite || name === 'dismiss') : []
  useCommands(
    list.map(({ name, keys, text }) => ({
      id: `suggestion ${name}`,
      keys,
      label: say(text),
      group,
      opens: name === 'edit',
      run: () => first && acts[name](first),
    })),
    say('suggestions'),
  )
  useKeys(
    first && mayWrite
      ? [{ keys: 'alt+Enter', label: say('keySuggestionSend'), group, whileTyping: true, run: () => acts.send(first) }]
      : [],
  )
}

function Heading() {
  const say = useSay()
  return (
    <Title order={3} size="h5" className={classes.heading}>
      <IconSparkles size={18} aria-hidden />
      {say('suggestions')}
    </Title>
  )
}

function Off() {
  const say = useSay()
  return (
    <section className={classes.panel} aria-label={say('suggestions')}>
      <Heading />
      <Text size="sm" c="dimmed">
        {say('suggestionOff')}
      </Text>
    </section>
  )
}

/** Words as the agent writes them. */
function Written({ text }: { text: string }) {
  const say = useSay()
  return (
    <article className={classes.proposal} data-writing>
      <Badge variant="light" size="sm" tt="none" leftSection={<Loader size={10} aria-hidden />}>
        {say('suggestionWriting')}
      </Badge>
      <p dir="auto">{text}</p>
    </article>
  )
}

interface Asking {
  session: Full
  busy: boolean
  newest?: string
  failed: string
}

/** Another one, perhaps with a wish. */
function Ask({ session, busy, newest, failed }: Asking) {
  const say = useSay()
  const [wish, setWish] = useState('')
  const [asked, setAsked] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const { mutate, isPending } = useAct(session.id)
  useEffect(() => setAsked(false), [newest, failed, busy])
  const wishes = () => requestAnimationFrame(() => field.current?.focus())
  useCommands(
    [
      {
        id: 'suggestion ask',
        keys: 'w',
        label: say('keySuggestionAsk'),
        group: say('keysHere'),
        opens: true,
        run: wishes,
      },
    ],
    say('suggestions'),
  )
  const ask = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    mutate({ act: 'suggest', instruction: wish.trim() }, { onError: () => setAsked(false) })
    setWish('')
  }
  const waits = asked || isPending
  return (
    <form className={classes.ask} onSubmit={ask}>
      <TextInput
        ref={field}
        size="xs"
        aria-label={say('suggestionWish')}
        placeholder={say('suggestionWishHint')}
        maxLength={1000}
        value={wish}
        onChange={(event) => setWish(event.currentTarget.value)}
        rightSection={
          wish ? (
            <Tooltip label={say('suggestionAsk')}>
              <ActionIcon type="submit" size="sm" variant="subtle" aria-label={say('suggestionAsk')}>
                <IconSend size={14} className={classes.mirrored} />
              </ActionIcon>
            </Tooltip>
          ) : null
        }
      />
      {!wish && (
        <Button
          type="submit"
          size="xs"
          variant="default"
          loading={waits}
          leftSection={<IconRefresh size={14} aria-hidden />}
        >
          {say('suggestionAsk')}
        </Button>
      )}
    </form>
  )
}

/** Sends a suggestion as it is, or lays it into the field. */
function useActs(session: Full) {
  const say = useSay()
  const me = useMe()
  const outgoing = useOutgoingStore()
  const store = unsentOf(me.id)
  const send = (one: Suggestion) =>
    outgoing.send(session.id, { text: one.text, suggestion_id: one.id }, { clientId: `suggestion ${one.id}` })
  const edit = async (one: Suggestion) => {
    const now = store.get(session.id)
    const typed = (now.formatted ? words(now.html) : now.text).trim()
    const other = typed !== '' && typed !== now.suggestion?.text.trim()
    const ask = {
      title: say('suggestionReplace'),
      text: say('suggestionReplaceText'),
      yes: say('suggestionReplaceYes'),
    }
    if (other && !(await confirm(ask))) return
    const text = now.formatted ? { html: paragraphs(one.text), text: '' } : { text: one.text, html: '' }
    store.change(session.id, { ...text, tab: 'reply', suggestion: { id: one.id, text: one.text } })
    setTimeout(() =>
      document.querySelector<HTMLElement>('[role=tabpanel] textarea, [role=tabpanel] [contenteditable=true]')?.focus(),
    )
  }
  return { send, edit }
}
