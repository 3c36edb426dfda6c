import type { Surroundings } from '@/lib/feature'
import type { LiveHandler } from '@/lib/live'

import { LISTS, TAGS } from './queries'

/** The list is not fetched again more often than this, however many write. */
const PAUSE = 2000

export function live({ client }: Surroundings): LiveHandler {
  let waiting: ReturnType<typeof setTimeout> | undefined
  return {
    change({ type }) {
      if (type !== 'customer' || waiting) return
      waiting = setTimeout(() => {
        waiting = undefined
        void client.invalidateQueries({ queryKey: LISTS })
        void client.invalidateQueries({ queryKey: TAGS })
      }, PAUSE)
    },
  }
}
