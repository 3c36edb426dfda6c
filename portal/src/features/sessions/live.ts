import type { QueryClient } from '@tanstack/react-query'

import type { Schemas } from '@/lib/api'
import type { Surroundings } from '@/lib/feature'
import type { LiveHandler } from '@/lib/live'
import { OPERATORS } from '@/lib/operators'

import type { Filters } from './filters'
import { belongs, patched, refreshed, type Cards } from './listing'
import { detailsOf, first, LISTS, logOf, sessionOf } from './queries'

/** Lists are not fetched again more often than this, however much is going on. */
const PAUSE = 1000

/** Keeps the list and what is open as the runtime says they are now. */
export function live({ client }: Surroundings): LiveHandler {
  let waiting: ReturnType<typeof setTimeout> | undefined
  const later = () => {
    if (waiting) return
    waiting = setTimeout(() => {
      waiting = undefined
      void refresh(client)
    }, PAUSE)
  }
  return {
    session({ session }) {
      reload(client, session.id)
      if (!patch(client, session)) later()
    },
    delivery({ session_id }) {
      void client.invalidateQueries({ queryKey: logOf(session_id).queryKey })
    },
    change({ type }) {
      if (type === 'customer' || type === 'channel' || type === 'agent') later()
    },
  }
}

/** What is shown of one session is fetched again. */
export function reload(client: QueryClient, id: string): void {
  for (const { queryKey } of [sessionOf(id), logOf(id), detailsOf(id)]) void client.invalidateQueries({ queryKey })
}

/** Whether every list that is shown had it. */
export function patch(client: QueryClient, session: Schemas['SessionView']): boolean {
  const operators = client.getQueryData(OPERATORS.queryKey) ?? []
  const name = (id: string) => operators.find((one) => one.id === id)?.name
  let everywhere = true
  for (const [key, cards] of client.getQueriesData<Cards>({ queryKey: LISTS })) {
    const filters = key.at(-1) as Filters
    const keeps = belongs(session, filters)
    const now = cards && patched(cards, session, name, keeps)
    if (now) client.setQueryData(key, now)
    else if (keeps) everywhere = false
  }
  return everywhere
}

async function refresh(client: QueryClient): Promise<void> {
  const shown = client.getQueryCache().findAll({ queryKey: LISTS, type: 'active' })
  await Promise.all(
    shown.map(async ({ queryKey }) => {
      const filters = queryKey.at(-1) as Filters
      if (filters.order === 'oldest') return client.invalidateQueries({ queryKey })
      const page = await first(filters)
      client.setQueryData<Cards>(queryKey, (now) => now && refreshed(now, page))
    }),
  )
  void client.invalidateQueries({ queryKey: LISTS, type: 'inactive' })
}
