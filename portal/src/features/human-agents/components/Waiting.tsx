import { Button, Group } from '@mantine/core'
import { IconAlertCircle, IconClock, IconLock, IconPaperclip } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'

import { Words } from '@/components/log/Words'
import { useMe } from '@/lib/me'

import { useOutgoing, type Outgoing } from '../api/outgoing'
import type { Full } from '../api/session'
import { unsentOf } from '../api/unsent'
import { useOutgoingStore } from '../api/workspace'
import { useSay } from '../texts'
import classes from './workspace.module.css'

const TemplateWords = lazy(() => import('@/components/TemplateWords'))

/** What was sent here and is not in the log yet, or was refused. */
export function Waiting({ session }: { session: Full }) {
  const say = useSay()
  const store = useOutgoingStore()
  const mine = useOutgoing(store).filter((one) => one.sessionId === session.id)
  if (mine.length === 0) return null
  return (
    <ol className={classes.waiting} aria-label={say('notSent')}>
      {mine.map((one) => (
        <li key={one.clientId}>
          <Bubble one={one} channelId={session.channel.id} />
          <Refused one={one} />
        </li>
      ))}
    </ol>
  )
}

function Bubble({ one, channelId }: { one: Outgoing; channelId: string }) {
  const say = useSay()
  const { text, html, template } = one.message
  return (
    <div className={classes.pending} data-note={one.note || undefined} data-refused={one.refused !== '' || undefined}>
      <p dir="auto">
        {template ? (
          <Suspense>
            <TemplateWords channelId={channelId} wanted={template} />
          </Suspense>
        ) : (
          <Words text={text || plain(html ?? '')} />
        )}
      </p>
      {one.files.map((file) => (
        <p key={file.sha256}>
          <IconPaperclip size={14} aria-hidden /> <bdi>{file.name}</bdi>
        </p>
      ))}
      <span className={classes.state}>
        {one.note && <IconLock size={14} aria-hidden />}
        {one.refused ? (
          <IconAlertCircle size={15} aria-hidden />
        ) : (
          <IconClock size={15} role="img" aria-label={say('notSent')} />
        )}
      </span>
    </div>
  )
}

function Refused({ one }: { one: Outgoing }) {
  const say = useSay()
  const me = useMe()
  const store = useOutgoingStore()
  if (!one.refused) return null
  const edit = () => {
    const { text = '', html = '', template } = one.message
    const reply = template ? { template } : { text, html, formatted: html !== '', files: one.files }
    const back = one.note ? { tab: 'notes' as const, note: text } : { tab: 'reply' as const, ...reply }
    unsentOf(me.id).change(one.sessionId, back)
    store.discard(one.clientId)
  }
  return (
    <Group gap="xs" className={classes.refused} role="alert">
      <span>{one.refused}</span>
      <Button size="compact-xs" variant="default" onClick={() => store.again(one.clientId)}>
        {say('tryAgain')}
      </Button>
      <Button size="compact-xs" variant="default" onClick={edit}>
        {say('edit')}
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => store.discard(one.clientId)}>
        {say('discard')}
      </Button>
    </Group>
  )
}

/** The words of formatted text. */
function plain(html: string): string {
  return new DOMParser().parseFromString(html, 'text/html').body.textContent
}
