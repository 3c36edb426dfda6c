import { Button } from '@mantine/core'
import { lazy, Suspense, useId } from 'react'

import { useMe } from '@/lib/me'
import { remaining } from '@/lib/time'

import { useOutgoing } from '../api/outgoing'
import type { Full } from '../api/session'
import { useUnsent } from '../api/unsent'
import { useOutgoingStore } from '../api/workspace'
import { useSay } from '../texts'
import { Blocked } from './Blocked'
import { useAskedAt } from './useAskedAt'
import { useNow } from './useNow'
import classes from './workspace.module.css'

const Template = lazy(() => import('./Template'))
const SOME_SECONDS = 15_000

/** Where free text came too late: an approved message goes on, unless the last one still waits for an answer. */
export default function Closed({ session }: { session: Full }) {
  const say = useSay()
  const me = useMe()
  const [unsent, change] = useUnsent(me.id, session.id)
  const { templates, template } = session.composer
  const sending = useOutgoing(useOutgoingStore()).some(
    (one) => one.sessionId === session.id && one.message.template && !one.refused,
  )
  if (!templates) return <Blocked text={say('windowOverOther')} />
  if (sending || !template.may) return <Unanswered session={session} />
  if (unsent.template)
    return (
      <Suspense>
        <Template session={session} />
      </Suspense>
    )
  return (
    <Blocked text={say('windowOver')}>
      <Button onClick={() => change({ template: { name: '', language: '', variables: {} } })}>
        {say('withTemplate')}
      </Button>
    </Blocked>
  )
}

/** The last approved message waits for its answer, and the next one for that or for a day. */
function Unanswered({ session }: { session: Full }) {
  const say = useSay()
  const why = useId()
  const now = useNow(SOME_SECONDS)
  const { again_at: at } = session.composer.template
  useAskedAt(session.id, at, now)
  return (
    <Blocked text={say('waitTitle')} field>
      {at !== null && (
        <>
          <Button data-disabled aria-disabled aria-describedby={why}>
            {say('withTemplate')}
          </Button>
          <span className={classes.why} id={why}>
            {say('templateTooSoon')}{' '}
            <span role="timer">{say('templateAgain', remaining(new Date(at).getTime() - now))}</span>
          </span>
        </>
      )}
    </Blocked>
  )
}
