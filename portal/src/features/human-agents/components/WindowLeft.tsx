import { Badge, Tooltip } from '@mantine/core'
import { IconClock } from '@tabler/icons-react'

import { remaining } from '@/lib/time'

import type { Full } from '../api/session'
import { useSay } from '../texts'
import { useAskedAt } from './useAskedAt'
import { useNow } from './useNow'

const URGENT = 2
const SOME_SECONDS = 15_000

/** How long free text may still be written; when that is over, what is allowed is asked for anew. */
export function WindowLeft({ session }: { session: Full }) {
  const say = useSay()
  const now = useNow(SOME_SECONDS)
  const { may_write: may, window_closes_at: closes } = session.composer
  const left = closes === null ? null : new Date(closes).getTime() - now
  useAskedAt(session.id, may ? closes : null, now)
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
