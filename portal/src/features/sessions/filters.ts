import type { paths } from '@/schema/api'

type Query = NonNullable<paths['/sessions']['get']['parameters']['query']>
const VIEWS = ['active', 'finished'] as const
const MODES = ['autonomous', 'waiting', 'copilot', 'human', 'finished'] as const
const DAY = /^\d{4}-\d\d-\d\d$/

/** What the list is narrowed to, as the address says it; what is not named is not narrowed. */
export interface Filters extends Record<string, unknown> {
  view?: (typeof VIEWS)[number]
  q?: string
  agent?: string
  channel?: string
  /** `ai`, `nobody`, or an operator's id. */
  who?: string
  mode?: (typeof MODES)[number]
  /** Days, both included, as they are here. */
  from?: string
  to?: string
  order?: 'oldest'
}

/** The filters of the dialog, in its order; `view` and `order` stand above the list itself. */
export const NAMES = ['q', 'agent', 'channel', 'who', 'mode', 'from', 'to'] as const

export function readFilters(given: Record<string, unknown>): Filters {
  const found: Filters = {}
  for (const name of ['q', 'agent', 'channel', 'who'] as const) {
    const value = given[name]
    if (value !== undefined && value !== '') found[name] = String(value)
  }
  for (const name of ['from', 'to'] as const) if (DAY.test(String(given[name]))) found[name] = String(given[name])
  found.view = VIEWS.find((one) => one === given.view)
  found.mode = MODES.find((one) => one === given.mode)
  if (given.order === 'oldest') found.order = 'oldest'
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

/** As the API is asked. */
export function asked(filters: Filters): Query {
  const { view, q, agent, channel, who, mode, from, to, order } = filters
  return {
    view,
    q,
    agent_id: agent,
    channel_id: channel,
    responsible: who,
    mode,
    since: from && midnight(from, 0),
    until: to && midnight(to, 1),
    order,
  }
}

/** Where the same list can be downloaded: a line for each session, or all that was said. */
export function exportAddress(filters: Filters, format: 'csv' | 'ndjson'): string {
  const named = Object.entries({ ...asked(filters), format }).filter(([, value]) => value)
  const query = new URLSearchParams(named.map(([name, value]) => [name, String(value)]))
  return `/api/v1/sessions/export?${query}`
}

function midnight(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}
