import type { Surroundings } from '@/lib/feature'
import type { LiveHandler } from '@/lib/live'

import { NAMES, TRAIL } from './queries'

const TOLD = new Set(['operator', 'channel', 'agent'])

export function live({ client }: Surroundings): LiveHandler {
  return {
    change({ type }) {
      if (!TOLD.has(type)) return
      void client.invalidateQueries({ queryKey: TRAIL.queryKey })
      void client.invalidateQueries({ queryKey: NAMES })
    },
  }
}
