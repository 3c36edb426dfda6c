import { infiniteQueryOptions, queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'
import { OPERATORS } from '@/lib/operators'

const ROOT = 'oversight'
const PAGE = 50
/** No live message says that something was put aside. */
const AGAIN_MS = 20_000

export type Kept = Schemas['KeptView']
export type Act = Schemas['ActView']

export const QUARANTINE = infiniteQueryOptions({
  queryKey: [ROOT, 'quarantine'],
  queryFn: ({ pageParam, signal }) =>
    answer(api.GET('/quarantine', { params: { query: { limit: PAGE, cursor: pageParam ?? undefined } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.cursor,
  refetchInterval: AGAIN_MS,
})

export const keptOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'kept', id],
    queryFn: () => answer(api.GET('/quarantine/{quarantine_id}', { params: { path: { quarantine_id: id } } })),
  })

/** What is done with it; however it ends, what is shown is asked for again. */
export function useDeal(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (act: 'replay' | 'dismiss') => {
      const path = { quarantine_id: id }
      return answer(
        act === 'replay'
          ? api.POST('/quarantine/{quarantine_id}/replay', { params: { path } })
          : api.POST('/quarantine/{quarantine_id}/dismiss', { params: { path } }),
      )
    },
    onSuccess: (now) => client.setQueryData(keptOf(id).queryKey, now),
    onSettled: () =>
      Promise.all([keptOf(id), QUARANTINE].map(({ queryKey }) => client.invalidateQueries({ queryKey }))),
  })
}

export const TRAIL = infiniteQueryOptions({
  queryKey: [ROOT, 'audit'],
  queryFn: ({ pageParam, signal }) =>
    answer(api.GET('/audit', { params: { query: { limit: PAGE, cursor: pageParam ?? undefined } }, signal })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.cursor,
})

export const NAMES = [ROOT, 'names']

export function useChannels() {
  const asking = () => answer(api.GET('/channels'))
  return useQuery({ queryKey: [...NAMES, 'channels'], queryFn: asking }).data?.items ?? []
}

/** What operators, channels and agents are called, by id. */
export function useNames(): Map<string, string> {
  const operators = useQuery(OPERATORS)
  const agents = useQuery({ queryKey: [...NAMES, 'agents'], queryFn: () => answer(api.GET('/agents')) })
  const all = [...(operators.data ?? []), ...useChannels(), ...(agents.data?.items ?? [])]
  return new Map(all.map(({ id, name }) => [id, name]))
}
