import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'

import { answer, api } from '@/lib/api'

import { before, groupOf, ownZone, spanOf, today, type Asked } from './range'

const MINUTE = 60_000
const ROOT = 'reports'

/** What every report is asked for. */
export interface Query {
  from: string
  to: string
  group: 'day' | 'week'
  timezone: string
  agent_id?: string
  channel_id?: string
}

export function queryOf(asked: Asked): Query {
  const timezone = asked.zone ?? ownZone()
  const span = spanOf(asked, today(timezone))
  const group = groupOf(asked, span)
  return { ...span, group, timezone, agent_id: asked.agent, channel_id: asked.channel }
}

/** The time before, as long, for comparison; only its sums are looked at. */
export function earlier(query: Query): Query {
  return { ...query, ...before(query), group: 'week' }
}

const always = { placeholderData: keepPreviousData, refetchInterval: MINUTE, staleTime: MINUTE }

/** Not the CSV, which the same address gives to who asks for it. */
async function read<T>(asking: Promise<{ data?: T }>): Promise<Exclude<T, string>> {
  return (await answer(asking)) as Exclude<T, string>
}

export const sessions = (query: Query) =>
  queryOptions({
    queryKey: [ROOT, 'sessions', query],
    queryFn: () => read(api.GET('/reports/sessions', { params: { query } })),
    ...always,
  })

export const replies = (query: Query) =>
  queryOptions({
    queryKey: [ROOT, 'replies', query],
    queryFn: () => read(api.GET('/reports/replies', { params: { query } })),
    ...always,
  })

export const handovers = (query: Query) =>
  queryOptions({
    queryKey: [ROOT, 'handovers', query],
    queryFn: () => read(api.GET('/reports/handovers', { params: { query } })),
    ...always,
  })

export const suggestions = (query: Query) =>
  queryOptions({
    queryKey: [ROOT, 'suggestions', query],
    queryFn: () => read(api.GET('/reports/suggestions', { params: { query } })),
    ...always,
  })

export const volume = (query: Query) =>
  queryOptions({
    queryKey: [ROOT, 'volume', query],
    queryFn: () => read(api.GET('/reports/volume', { params: { query } })),
    ...always,
  })

/** Where the same report can be downloaded as a table. */
export function csvAddress(name: string, query: Query): string {
  const named = Object.entries({ ...query, format: 'csv' }).filter(([, value]) => value)
  return `/api/v1/reports/${name}?${new URLSearchParams(named as [string, string][])}`
}

export function useAgents() {
  const asking = () => answer(api.GET('/agents'))
  return useQuery({ queryKey: [ROOT, 'agents'], queryFn: asking, staleTime: 5 * MINUTE }).data?.items ?? []
}

export function useChannels() {
  const asking = () => answer(api.GET('/channels'))
  return useQuery({ queryKey: [ROOT, 'channels'], queryFn: asking, staleTime: 5 * MINUTE }).data?.items ?? []
}
