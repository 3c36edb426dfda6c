import { queryOptions, skipToken } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'

export type Full = Schemas['FullSessionView']
export type Suggestion = Schemas['SuggestionView']

const ROOT = 'human-agents'

export const sessionOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'session', id],
    queryFn: () => answer(api.GET('/sessions/{session_id}', { params: { path: { session_id: id } } })),
    staleTime: 0,
  })

export const detailsOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'details', id],
    queryFn: () => answer(api.GET('/sessions/{session_id}/details', { params: { path: { session_id: id } } })),
    staleTime: 0,
  })

export const customerOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'customer', id],
    queryFn: () => answer(api.GET('/customers/{customer_id}', { params: { path: { customer_id: id } } })),
  })

export const suggestionsOf = (id: string) =>
  queryOptions({
    queryKey: [ROOT, 'suggestions', id],
    queryFn: async () => {
      const asked = api.GET('/sessions/{session_id}/suggestions', {
        params: { path: { session_id: id }, query: { limit: 20 } },
      })
      return (await answer(asked)).items
    },
    staleTime: 0,
  })

/** What the live socket brings of a suggestion that is being written, or why there is none. */
export interface Writing {
  text: string
  failed: string
}

export const writingOf = (id: string) =>
  queryOptions<Writing>({ queryKey: [ROOT, 'writing', id], queryFn: skipToken, staleTime: Infinity })
