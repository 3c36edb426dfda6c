import type { Surroundings } from '@/lib/feature'
import type { LiveHandler } from '@/lib/live'

import { agentsAll, channelsAll, documentsOf } from './queries'

/** Agents as the runtime has them now, whoever changes them. */
export function live({ client }: Surroundings): LiveHandler {
  const again = (...keys: (readonly unknown[])[]) => {
    for (const queryKey of keys) void client.invalidateQueries({ queryKey })
  }
  return {
    change({ type, id }) {
      if (type === 'agent') again(agentsAll.queryKey, documentsOf(id).queryKey)
      if (type === 'channel') again(channelsAll.queryKey)
    },
  }
}
