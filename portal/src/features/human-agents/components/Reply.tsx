import { ActionIcon, Button, FileButton, Switch, Text, Textarea, Tooltip } from '@mantine/core'
import { IconPaperclip, IconSend, IconSparkles, IconX } from '@tabler/icons-react'
import { lazy, Suspense, useRef } from 'react'

import { RichText } from '@/components/RichText'
import { useLive } from '@/lib/live'
import { useMe } from '@/lib/me'
import { isFocusFree } from '@/lib/typing'

import type { Message } from '../api/outgoing'
import type { Full } from '../api/session'
import { EMPTY, useUnsent, type Unsent } from '../api/unsent'
import { useOutgoingStore } from '../api/workspace'
import { useSay } from '../texts'
import { entered } from './entered'
import { paragraphs, words } from './formatted'
import { useFiles } from './useFiles'
import classes from './workspace.module.css'

const Attached = lazy(() => import('./Attached'))

const LIMIT = 20_000
const TYPING = 2500
const TAKEN = 'image/*,.pdf,.doc,.docx,.txt'

/** An answer to the customer: text, formatted where the channel can, with files. */
export function Reply({ session }: { session: Full }) {
  const say = useSay()
  const me = useMe()
  const [unsent, change] = useUnsent(me.id, session.id)
  const outgoing = useOutgoingStore()
  const { composer } = session
  const files = useFiles(me.id, session.id, composer.attachments)
  const typing = useTyping(session.id)
  const formatted = composer.rich_text && unsent.formatted
  const body = bodyOf(unsent, formatted)
  const sendable = body !== null && files.coming.length === 0
  const send = () => {
    if (!sendable) return
    outgoing.send(session.id, body, { files: unsent.files })
    change({ ...EMPTY, note: unsent.note, formatted: unsent.formatted, template: unsent.template })
  }
  const write = (what: Partial<Unsent>) => {
    typing()
    change(what)
  }
  const toggle = () =>
    change(
      formatted
        ? { formatted: false, text: words(unsent.html), html: '' }
        : { formatted: true, html: paragraphs(unsent.text), text: '' },
    )
  return (
    <div className={classes.field} data-over={files.over || undefined} onPaste={files.paste}>
      {unsent.suggestion && <Based forget={() => change({ suggestion: null })} />}
      {unsent.files.length + files.coming.length > 0 && (
        <Suspense>
          <Attached files={unsent.files} coming={files.coming} remove={files.remove} />
        </Suspense>
      )}
      {formatted ? (
        <RichText
          label={say('placeholder')}
          value={unsent.html}
          onChange={(html) => html !== unsent.html && write({ html })}
          onSubmit={send}
          autoFocus={isFocusFree()}
        />
      ) : (
        <Textarea
          variant="unstyled"
          autosize
          minRows={2}
          maxRows={12}
          maxLength={LIMIT}
          placeholder={say('placeholder')}
          aria-label={say('placeholder')}
          value={unsent.text}
          onChange={(event) => write({ text: event.currentTarget.value })}
          onKeyDown={(event) => entered(event) && send()}
          autoFocus={isFocusFree()}
          dir="auto"
        />
      )}
      <div className={classes.foot}>
        {composer.attachments && <Attach add={files.add} />}
        <Html on={formatted} able={composer.rich_text} toggle={toggle} />
        <Text size="xs" className={classes.hint}>
          {hintOf(say, unsent.text, formatted, composer.text_limit)}
        </Text>
        <Button
          rightSection={<IconSend size={16} aria-hidden className={classes.mirrored} />}
          onClick={send}
          disabled={!sendable}
        >
          {say('send')}
        </Button>
      </div>
      {files.over && <div className={classes.drop}>{say('dropHere')}</div>}
    </div>
  )
}

function hintOf(say: ReturnType<typeof useSay>, text: string, formatted: boolean, limit: number): string {
  if (formatted) return say('htmlHint')
  if (text.length >= LIMIT) return say('tooLong', { count: LIMIT })
  return limit > 0 && text.length > limit ? say('parts', { count: Math.ceil(text.length / limit) }) : say('hint')
}

/** What is sent; null: there is nothing. */
function bodyOf({ text, html, files, suggestion }: Unsent, formatted: boolean): Message | null {
  const says = formatted ? words(html).trim() : text.trim()
  if (!says && files.length === 0) return null
  return {
    ...(formatted ? { html: says ? html : '' } : { text: says ? text : '' }),
    attachments: files.map(({ sha256, name, mime }) => ({ sha256, name, mime })),
    suggestion_id: says && suggestion ? suggestion.id : null,
  }
}

/** Formatted or not; where the channel shows only text it says so. */
function Html({ on, able, toggle }: { on: boolean; able: boolean; toggle: () => void }) {
  const say = useSay()
  return (
    <Tooltip label={say('htmlOff')} disabled={able}>
      <Switch
        size="sm"
        label={say('html')}
        checked={on}
        onChange={able ? toggle : undefined}
        disabled={!able}
        aria-description={able ? undefined : say('htmlOff')}
      />
    </Tooltip>
  )
}

function Attach({ add }: { add: (files: File[]) => Promise<void> }) {
  const say = useSay()
  const reset = useRef<() => void>(null)
  const chosen = (files: File[]) => {
    void add(files)
    reset.current?.()
  }
  return (
    <FileButton onChange={chosen} accept={TAKEN} multiple resetRef={reset}>
      {(props) => (
        <Tooltip label={say('attach')}>
          <ActionIcon {...props} variant="subtle" color="gray" size="lg" aria-label={say('attach')}>
            <IconPaperclip size={20} />
          </ActionIcon>
        </Tooltip>
      )}
    </FileButton>
  )
}

function Based({ forget }: { forget: () => void }) {
  const say = useSay()
  return (
    <div className={classes.based}>
      <IconSparkles size={14} aria-hidden />
      {say('basedOn')}
      <ActionIcon variant="transparent" color="gray" size="xs" aria-label={say('basedOnStop')} onClick={forget}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  )
}

/** Tells colleagues that one writes here, not more often than they need it. */
function useTyping(sessionId: string): () => void {
  const live = useLive()
  const last = useRef(0)
  return () => {
    const now = Date.now()
    if (now - last.current < TYPING) return
    last.current = now
    live.typing(sessionId)
  }
}
