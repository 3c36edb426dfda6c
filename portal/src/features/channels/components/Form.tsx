import { Alert, Anchor, Button, TextInput } from '@mantine/core'
import { notifyManager, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useBlocker } from '@tanstack/react-router'
import { useRef, useState, type FormEvent } from 'react'
import { flushSync } from 'react-dom'

import { answer, api, ApiError } from '@/lib/api'
import { useCommon } from '@/lib/common'
import { confirm } from '@/lib/confirm'
import { refusedFields } from '@/lib/refused'
import { sentence, toast } from '@/lib/toast'

import { AGENTS, keep, pathOf, type Channel, type Kind } from '../queries'
import { blocks, changes, flat, missing, type Typed } from '../settings'
import { useNames, useSay } from '../texts'
import { Agents } from './Agents'
import classes from './channels.module.css'
import { Field } from './Field'
import { Section } from './Section'

/** What was touched, and is not saved. */
interface Draft {
  name?: string
  agents?: string[]
  settings: Typed
}

interface Given {
  kind: Kind
  /** None: it is a new one. */
  channel?: Channel
  /** After it was saved. */
  done?: (channel: Channel) => void
}

const UNTOUCHED: Draft = { settings: {} }

/** A channel's name, its settings as its kind declares them, and who answers. What others change meanwhile is seen. */
export function Form({ kind, channel, done }: Given) {
  const say = useSay()
  const common = useCommon()
  const names = useNames()
  const [draft, setDraft] = useState(UNTOUCHED)
  const [wrong, setWrong] = useState<Record<string, string>>({})
  const stored = flat(channel?.settings ?? {})
  const secrets = channel?.secrets ?? []
  const name = draft.name ?? channel?.name ?? ''
  const attached = useAttached(channel)
  const agents = draft.agents ?? attached
  const wanted: Wanted = {
    name: name.trim() === channel?.name ? undefined : name.trim(),
    agents: channel && agents.join('\n') === attached.join('\n') ? undefined : agents,
    settings: changes(kind.settings, stored, draft.settings),
  }
  const dirty = draft !== UNTOUCHED && (!channel || isAnything(wanted))
  const form = useRef<HTMLFormElement>(null)
  const refuse = (fields: Record<string, string>) => {
    flushSync(() => setWrong(fields))
    form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }
  const saving = useSaving(kind, channel)
  useUnsaved(dirty && !saving.isPending)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (saving.isPending) return
    const fields = missing(kind.settings, stored, secrets, draft.settings).map((one) => `settings.${one}`)
    if (!name.trim()) fields.unshift('name')
    if (fields.length > 0) return refuse(Object.fromEntries(fields.map((field) => [field, say('missing')])))
    saving.mutate(wanted, {
      onError: (error) => refuse(refusedFields(error)),
      onSuccess(saved) {
        setWrong({})
        // What was changed meanwhile stays to be saved. The page knows first what is stored now, else it shows
        // for a moment what was stored before.
        notifyManager.schedule(() => setDraft((now) => (now === draft ? UNTOUCHED : now)))
        done?.(saved)
      },
    })
  }
  const reset = () => {
    setDraft(UNTOUCHED)
    setWrong({})
    saving.reset()
  }
  const touch = (field: string, more: Partial<Draft>) => {
    setDraft({ ...draft, ...more })
    setWrong(({ [field]: _, ...others }) => others)
  }
  return (
    <form ref={form} noValidate onSubmit={submit}>
      <Section title={say('general')}>
        <TextInput
          label={say('name')}
          description={say('nameHelp')}
          placeholder={say('nameExample')}
          required
          maxLength={100}
          autoComplete="off"
          value={name}
          error={wrong.name}
          onChange={(event) => touch('name', { name: event.currentTarget.value })}
        />
        <Agents chosen={agents} choose={(now) => touch('agents', { agents: now })} />
      </Section>
      {blocks(kind.settings).map(({ group, settings }) => (
        <Section key={group} title={group ? names.group(group) : say('settings')}>
          {settings.map((one) => (
            <Field
              key={one.name}
              setting={one}
              stored={stored}
              typed={draft.settings}
              isSet={secrets.includes(one.name)}
              error={wrong[`settings.${one.name}`]}
              onChange={(value) =>
                touch(`settings.${one.name}`, { settings: { ...draft.settings, [one.name]: value } })
              }
            />
          ))}
        </Section>
      ))}
      <Refused error={saving.error} />
      <div className={classes.save} data-dirty={dirty || undefined}>
        <Button type="submit" loading={saving.isPending} disabled={!dirty && !!channel}>
          {channel ? common('save') : say('connect')}
        </Button>
        {channel && (
          <Button variant="default" disabled={!dirty || saving.isPending} onClick={reset}>
            {say('discard')}
          </Button>
        )}
      </div>
    </form>
  )
}

/** What was refused, unless it is said at a field. */
function Refused({ error }: { error: unknown }) {
  const say = useSay()
  if (!error) return null
  const taken = error instanceof ApiError && error.code === 'account_connected'
  const said = Object.keys(refusedFields(error)).some((field) => field === 'name' || field.startsWith('settings.'))
  if (said) return null
  return (
    <Alert color="red" role="alert" mt="md">
      {taken ? say('taken') : sentence(error)}{' '}
      {taken && (
        <Anchor inherit component={Link} to={`/settings/channels/${String(error.facts.channel_id)}`}>
          {say('openTaken')}
        </Anchor>
      )}
    </Alert>
  )
}

/** What is to be saved; what is left out stays. */
interface Wanted {
  name?: string
  agents?: string[]
  settings: Record<string, unknown>
}

function isAnything({ name, agents, settings }: Wanted): boolean {
  return name !== undefined || agents !== undefined || Object.keys(settings).length > 0
}

function useSaving(kind: Kind, channel?: Channel) {
  const say = useSay()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Wanted) => (channel ? change(channel, wanted) : connect(kind, wanted)),
    onSuccess(saved, wanted) {
      keep(client, saved)
      const again = channel && channel.state !== 'stopped' && Object.keys(wanted.settings).length > 0
      toast(channel ? say(again ? 'savedStarting' : 'saved') : say('added', { name: saved.name }))
    },
  })
}

function connect({ kind }: Kind, { name = '', agents, settings }: Wanted): Promise<Channel> {
  return answer(api.POST('/channels', { body: { kind, name, settings, agent_ids: agents ?? [] } }))
}

async function change(channel: Channel, { name, agents, settings }: Wanted): Promise<Channel> {
  let saved = channel
  if (name || Object.keys(settings).length > 0)
    saved = await answer(
      api.PATCH('/channels/{channel_id}', { ...pathOf(channel.id), body: { name: name ?? null, settings } }),
    )
  if (agents)
    saved = await answer(
      api.PUT('/channels/{channel_id}/agents', { ...pathOf(channel.id), body: { agent_ids: agents } }),
    )
  return saved
}

/** Who answers as it is stored; on a new one the only agent that there is. */
function useAttached(channel?: Channel): string[] {
  const { data: all = [] } = useQuery(AGENTS)
  return (channel?.agents ?? (all.length === 1 ? all : [])).map((one) => one.id)
}

/** Asks before what was typed is lost. */
function useUnsaved(unsaved: boolean): void {
  const say = useSay()
  useBlocker({
    disabled: !unsaved,
    enableBeforeUnload: unsaved,
    async shouldBlockFn({ current, next }) {
      if (current.pathname === next.pathname) return false
      const question = { title: say('leaveTitle'), text: say('leaveText'), yes: say('leaveYes'), no: say('leaveNo') }
      return !(await confirm(question))
    },
  })
}
