import { useMutation, useQueryClient } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'
import type { Operator } from '@/lib/me'
import { OPERATORS } from '@/lib/operators'

const MOST = 200
/** In the address, instead of an id. */
export const NEW = 'new'

/** What is left out stays. */
export type Change = Partial<Schemas['OperatorChange']>

export function useChange(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: Change) =>
      answer(
        api.PATCH('/operators/{operator_id}', {
          params: { path: { operator_id: id } },
          body: wanted as Schemas['OperatorChange'],
        }),
      ),
    onSuccess: (now) => put(client, now),
  })
}

export function useHire() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Schemas['NewOperator']) => answer(api.POST('/operators', { body })),
    onSuccess: (now) => put(client, now),
  })
}

function put(client: ReturnType<typeof useQueryClient>, now: Operator): void {
  client.setQueryData(OPERATORS.queryKey, (before) => {
    if (!before) return before
    const others = before.filter((one) => one.id !== now.id)
    return [...others, now].sort((a, b) => (a.email < b.email ? -1 : 1))
  })
}

export interface Held {
  count: number
  /** There are more than that. */
  more: boolean
}

/** The open conversations of somebody. */
export async function held(id: string): Promise<Held> {
  const query = { view: 'attended' as const, operator_id: id, limit: MOST }
  const page = await answer(api.GET('/sessions', { params: { query } }))
  return { count: page.items.length, more: page.cursor !== null }
}
