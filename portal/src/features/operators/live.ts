import type { Surroundings } from '@/lib/feature'
import type { LiveHandler } from '@/lib/live'

import { OPERATORS } from './queries'

export function live({ client, me }: Surroundings): LiveHandler {
  return {
    change({ type, id }) {
      if (type !== 'operator') return
      void client.invalidateQueries({ queryKey: OPERATORS.queryKey })
      if (id === me()?.id) void client.invalidateQueries({ queryKey: ['me'] })
    },
  }
}
