import { Tooltip } from '@mantine/core'

import { Face } from '@/components/Face'
import { usePresence } from '@/lib/live'
import { useMe } from '@/lib/me'

import { useColleagues } from '../api/people'
import type { Full } from '../api/session'
import { useSay } from '../texts'
import classes from './workspace.module.css'

/** Which colleagues look at the same conversation, and whether they write. */
export function Company({ session }: { session: Full }) {
  const say = useSay()
  const me = useMe()
  const colleagues = useColleagues()
  const here = usePresence().filter((one) => one.session_id === session.id && one.id !== me.id)
  const nameOf = (id: string) => colleagues.find((one) => one.id === id)?.name ?? say('unknown')
  const people = [...new Map(here.map((one) => [one.id, one])).values()]
  const typing = people.filter((one) => here.some(({ id, typing: writes }) => id === one.id && writes))
  const names = (of: typeof people) => of.map(({ id }) => nameOf(id)).join(', ')
  const text = typing.length
    ? say('typing', { count: typing.length, names: names(typing) })
    : people.length
      ? say('here', { count: people.length, names: names(people) })
      : ''
  return (
    <div className={classes.company} role="status" aria-live="polite" data-typing={typing.length > 0 || undefined}>
      {people.slice(0, 3).map(({ id }) => (
        <Tooltip key={id} label={nameOf(id)}>
          <span>
            <Face name={nameOf(id)} size={26} />
          </span>
        </Tooltip>
      ))}
      {text && <span className={classes.clip}>{text}</span>}
    </div>
  )
}
