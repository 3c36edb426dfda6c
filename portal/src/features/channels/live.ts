import type { Surroundings } from '@/lib/feature'
import type { LiveHandler } from '@/lib/live'

import { AGENTS, CHANNELS, LOGS, logOf } from './queries'

/** Channels, and what happened to them, as they are now. */
export function live({ client }: Surroundings): LiveHandler {
  const again = (queryKey: readonly unknown[]) => client.invalidateQueries({ queryKey })
  const changed = async (id: string) => {
    await again(CHANNELS.queryKey)
    const there = client.getQueryData(CHANNELS.queryKey)?.some((one) => one.id === id)
    if (there) await again(logOf(id).queryKey)
  }
  return {
    delivery({ state }) {
      if (state === 'failed' || state === 'unknown') void again(LOGS)
    },
    change({ type, id }) {
      if (type === 'channel') void changed(id)
      if (type === 'agent') {
        void again(CHANNELS.queryKey)
        void again(AGENTS.queryKey)
      }
    },
  }
}
