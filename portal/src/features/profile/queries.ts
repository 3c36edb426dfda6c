import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'

export type Customer = Schemas['ProfileView']
export type Card = Schemas['CardView']
export type Field = Schemas['CustomerField']
export type Note = Schemas['CustomerNoteView']
export type Way = Schemas['ReachabilityView']

const ROOT = 'profile'
const SESSIONS = 20
const LINES = 100
export const WAYS = [ROOT, 'ways']

export const customerOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'customer', id],
    queryFn: () => answer(api.GET('/customers/{customer_id}', { params: { path: { customer_id: id } } })),
  })

/** Where the customer can be written to first. It changes with channels and agents, so it is always asked anew. */
export const waysTo = (id: string) =>
  queryOptions({
    queryKey: [...WAYS, id],
    queryFn: () => answer(api.GET('/customers/{customer_id}/reachability', { params: { path: { customer_id: id } } })),
    staleTime: 0,
  })

/** All conversations, the newest first. */
export const sessionsOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: [ROOT, 'sessions', id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/customers/{customer_id}/sessions', {
          params: { path: { customer_id: id }, query: { limit: SESSIONS, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

/** The newest page first; each is oldest first. */
export const logOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: [ROOT, 'log', id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/sessions/{session_id}/log', {
          params: { path: { session_id: id }, query: { before: pageParam ?? undefined, limit: LINES } },
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.cursor,
  })

export const detailsOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'details', id],
    queryFn: () => answer(api.GET('/sessions/{session_id}/details', { params: { path: { session_id: id } } })),
  })

export const notesOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: [ROOT, 'notes', id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/customers/{customer_id}/notes', {
          params: { path: { customer_id: id }, query: { limit: SESSIONS, cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.cursor,
  })

export const fieldsQuery = queryOptions({
  queryKey: [ROOT, 'fields'],
  queryFn: () => answer(api.GET('/customer-fields')),
  select: ({ items }) => items,
})

export const tagsQuery = queryOptions({
  queryKey: [ROOT, 'tags'],
  queryFn: () => answer(api.GET('/customer-tags')),
  select: ({ items }) => items,
})

/** Who may be the same person. */
export const alikeTo = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'alike', id],
    queryFn: () => answer(api.GET('/customers/{customer_id}/alike', { params: { path: { customer_id: id } } })),
    select: ({ items }) => items,
  })

export const foundBy = (q: string) =>
  queryOptions({
    queryKey: [ROOT, 'found', q],
    queryFn: () => answer(api.GET('/customers', { params: { query: { q, limit: 10 } } })),
    select: ({ items }) => items,
  })
