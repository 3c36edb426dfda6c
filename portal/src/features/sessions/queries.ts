import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query'

import { answer, api } from '@/lib/api'
import { OPERATORS } from '@/lib/operators'

import { asked, type Filters } from './filters'

const PAGE = 60
const ROOT = 'sessions-screen'
export const LISTS = [ROOT, 'list']

export const first = (filters: Filters) =>
  answer(api.GET('/sessions', { params: { query: { ...asked(filters), limit: PAGE } } }))

export const listOf = (filters: Filters) =>
  infiniteQueryOptions({
    queryKey: [...LISTS, filters],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/sessions', {
          params: { query: { ...asked(filters), limit: PAGE, cursor: pageParam ?? undefined } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

export const sessionOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'one', id],
    queryFn: () => answer(api.GET('/sessions/{session_id}', { params: { path: { session_id: id } } })),
  })

export const detailsOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'details', id],
    queryFn: () => answer(api.GET('/sessions/{session_id}/details', { params: { path: { session_id: id } } })),
  })

/** The newest page first; each is oldest first. */
export const logOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: [ROOT, 'log', id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/sessions/{session_id}/log', {
          params: { path: { session_id: id }, query: { before: pageParam ?? undefined, limit: 100 } },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.cursor,
  })

export const customerOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'customer', id],
    queryFn: () => answer(api.GET('/customers/{customer_id}', { params: { path: { customer_id: id } } })),
  })

const MINUTES = 5 * 60_000

export function useOperators() {
  return useQuery(OPERATORS).data ?? []
}

export function useAgents() {
  const asking = () => answer(api.GET('/agents'))
  return useQuery({ queryKey: [ROOT, 'agents'], queryFn: asking, staleTime: MINUTES }).data?.items ?? []
}

export function useChannels() {
  const asking = () => answer(api.GET('/channels'))
  return useQuery({ queryKey: [ROOT, 'channels'], queryFn: asking, staleTime: MINUTES }).data?.items ?? []
}
