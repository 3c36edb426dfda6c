import { queryOptions, type QueryClient } from '@tanstack/react-query'

import type { Line } from '@/components/log/marker'
import { answer, api, type Schemas } from '@/lib/api'

/** What is loaded of a session's log: its newest lines, oldest first. */
export interface History {
  lines: Line[]
  /** Earlier ones are before this number; null: this is the beginning. */
  before: number | null
}

const PAGE = 60
const MANY = 200
/** More lines than these are not kept while nobody looks at them. */
const MOST = 800

const keyOf = (id: string) => ['human-agents', 'log', id]

export const historyOf = (id: string) =>
  queryOptions({
    queryKey: keyOf(id),
    queryFn: async ({ client }) => {
      const page = await fetched(id, { limit: PAGE })
      return joined(client.getQueryData<History>(keyOf(id)), page)
    },
    staleTime: 0,
    structuralSharing: false,
  })

async function fetched(id: string, query: { after?: number; before?: number; limit: number }) {
  return answer(api.GET('/sessions/{session_id}/log', { params: { path: { session_id: id }, query } }))
}

/** The newest page beside what was there; what was there goes if lines between them are missing. */
function joined(known: History | undefined, page: Schemas['LinesView']): History {
  const last = known?.lines.at(-1)?.seq ?? 0
  const first = page.items[0]?.seq ?? 0
  if (!known || first > last + 1) return { lines: page.items, before: page.cursor }
  return { lines: merged(known.lines, page.items), before: known.before }
}

/** Lines by their numbers; of two with the same number the newer copy. Edits reach what they edit. */
export function merged(known: Line[], more: Line[]): Line[] {
  const all = new Map(known.map((line) => [line.seq, line]))
  for (const line of more) all.set(line.seq, line)
  for (const line of more) {
    const edited = line.kind === 'edit' ? all.get(Number(line.data.of)) : undefined
    if (edited) all.set(edited.seq, { ...edited, edited_text: line.text })
  }
  return [...all.values()].sort((a, b) => a.seq - b.seq)
}

export async function fetchEarlier(client: QueryClient, id: string): Promise<void> {
  const known = client.getQueryData<History>(keyOf(id))
  if (!known || known.before === null) return
  const page = await fetched(id, { before: known.before, limit: PAGE })
  client.setQueryData<History>(keyOf(id), (now) => now && { lines: merged(now.lines, page.items), before: page.cursor })
}

const running = new Map<string, { from: number | null; again: Promise<void> }>()

/** Fetches what follows the last line, or from `seq` on; however often it is called, once at a time. */
export function catchUp(client: QueryClient, id: string, seq?: number): Promise<void> {
  const going = running.get(id)
  if (going) {
    going.from = seq === undefined ? (going.from ?? Infinity) : Math.min(going.from ?? Infinity, seq)
    return going.again
  }
  const state = { from: null as number | null, again: Promise.resolve() }
  running.set(id, state)
  state.again = follow(client, id, seq, state).finally(() => running.delete(id))
  return state.again
}

async function follow(
  client: QueryClient,
  id: string,
  seq: number | undefined,
  state: { from: number | null },
): Promise<void> {
  let from: number | null = seq ?? Infinity
  while (from !== null) {
    state.from = null
    const known = client.getQueryData<History>(keyOf(id))
    if (!known) return client.invalidateQueries({ queryKey: keyOf(id) })
    let after: number | null = Math.min(from - 1, known.lines.at(-1)?.seq ?? 0)
    while (after !== null) {
      const page: Schemas['LinesView'] = await fetched(id, { after, limit: MANY })
      client.setQueryData<History>(keyOf(id), (now) => now && { ...now, lines: merged(now.lines, page.items) })
      after = page.cursor
    }
    from = state.from
  }
}

/** How far a message came: nothing needs to be asked for that, unless an answer of before is on its way. */
export function delivered(client: QueryClient, event: Schemas['DeliveryEvent']): void {
  const queryKey = keyOf(event.session_id)
  if (running.has(event.session_id)) void catchUp(client, event.session_id, event.seq).catch(() => undefined)
  else if (client.isFetching({ queryKey })) void client.invalidateQueries({ queryKey })
  const known = client.getQueryData<History>(queryKey)
  const line = known?.lines.find(({ seq }) => seq === event.seq)
  if (!line) return
  const { state, code, detail } = event
  const parts = { part: 0, state: state as Line['deliveries'][number]['state'], code, detail, settled_at: null }
  client.setQueryData<History>(
    queryKey,
    (now) => now && { ...now, lines: now.lines.map((one) => (one === line ? { ...line, deliveries: [parts] } : one)) },
  )
}

/** Lets go of old lines of a long conversation while its end is on the screen. */
export function trim(client: QueryClient, id: string): void {
  const known = client.getQueryData<History>(keyOf(id))
  if (!known || known.lines.length <= MOST) return
  const lines = known.lines.slice(-MOST / 2)
  client.setQueryData<History>(keyOf(id), { lines, before: lines[0]?.seq ?? null })
}
