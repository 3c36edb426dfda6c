import { Badge, Tooltip } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import { remaining } from '@/lib/time'

import { sessionOf, type Full } from '../api/session'
import { useSay } from '../texts'
import { useNow } from './useNow'

const URGENT = 2
const SOME_SECONDS = 15_000
/** The runtime's clock has the last word, and may be a little behind. */
const SOON = 500
/** What a timer can count to. */
const LONGEST = 2 ** 31 - 1

/** How long free text may still be written; when that is over, what is allowed is asked for anew. */
export function WindowLeft({ session }: { session: Full }) {
  const say = useSay()
  const client = useQueryClient()
  const now = useNow(SOME_SECONDS)
  const closes = session.composer.window_closes_at
  const left = closes === null ? null : new Date(closes).getTime() - now
  const { may_write: may } = session.composer
  useEffect(() => {
    if (closes === null || !may) return
    const ask = () => void client.invalidateQueries({ queryKey: sessionOf(session.id).queryKey })
    const timer = setTimeout(ask, Math.min(LONGEST, Math.max(SOON, new Date(closes).getTime() - now)))
    return () => clearTimeout(timer)
  }, [client, session.id, closes, may, now])
  const over = left !== null && left <= 0
  if (left === null || over || !may) return null
  const values = remaining(left)
  return (
    <Tooltip label={say('windowLeft', values)}>
      <Badge
        variant="light"
        color={values.hours < URGENT ? 'red' : 'gray'}
        tt="none"
        leftSection={<IconClock size={13} aria-hidden />}
        role="timer"
        aria-label={say('windowLeft', values)}
      >
        {say('windowShort', values)}
      </Badge>
    </Tooltip>
  )
}
