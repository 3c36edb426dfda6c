import { queryOptions, useQuery } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'

export type Colleague = Schemas['OperatorView']
const MINUTES = 60_000

/** Everybody who works here, also who has left. */
export const OPERATORS = queryOptions({
  queryKey: ['human-agents', 'operators'],
  queryFn: async () => (await answer(api.GET('/operators', { params: { query: { limit: 200 } } }))).items,
  staleTime: 5 * MINUTES,
})

const NONE: Colleague[] = []

export function useColleagues(): Colleague[] {
  return useQuery(OPERATORS).data ?? NONE
}

/** Who may have conversations. */
export function assignable(one: Colleague): boolean {
  return one.state === 'active' && one.role !== 'viewer'
}
