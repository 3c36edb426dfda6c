import { queryOptions } from '@tanstack/react-query'

import { answer, api, type Schemas } from './api'
import type { LiveHandler } from './live'
import type { Surroundings } from './feature'

const PAGE = 200

/** Everybody who works here, also who has left, by email. Live changes fetch them again. */
export const OPERATORS = queryOptions({
  queryKey: ['operators'],
  queryFn: async ({ signal }) => {
    const found: Schemas['OperatorView'][] = []
    let cursor: string | undefined
    do {
      const page = await answer(api.GET('/operators', { params: { query: { limit: PAGE, cursor } }, signal }))
      found.push(...page.items)
      cursor = page.cursor ?? undefined
    } while (cursor)
    return found
  },
  staleTime: 5 * 60_000,
})

/** For every feature that shows them. */
export function liveOperators({ client, me }: Surroundings): LiveHandler {
  return {
    change({ type, id }) {
      if (type !== 'operator') return
      void client.invalidateQueries({ queryKey: OPERATORS.queryKey })
      if (id === me()?.id) void client.invalidateQueries({ queryKey: ['me'] })
    },
  }
}
