import { queryOptions, type QueryClient } from '@tanstack/react-query'

import { answer, api, type Schemas } from '@/lib/api'
import { OPERATORS } from '@/lib/operators'

export type Card = Schemas['CardView']
type Session = Schemas['SessionView']
type Entry = Schemas['EntryView']

const PAGE = 200
const KEY = ['human-agents', 'cards']

/** What was heard of sessions while the list was being fetched, which may have the older state of them. */
const heard = new Map<string, Session>()

/** All conversations that people have or wait for. The live socket keeps them; nothing asks again in between. */
export const CARDS = queryOptions({
  queryKey: KEY,
  queryFn: ({ client, signal }) => everyCard(client, signal),
  staleTime: Infinity,
  structuralSharing: false,
})

async function everyCard(client: QueryClient, signal: AbortSignal): Promise<Card[]> {
  heard.clear()
  const first = client.getQueryData(KEY) === undefined
  const found: Card[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Schemas['CardsView'] = await answer(
      api.GET('/sessions', { params: { query: { view: 'attended', limit: PAGE, cursor } }, signal }),
    )
    found.push(...page.items)
    cursor = page.cursor
    if (first && cursor !== null) client.setQueryData(KEY, [...found]) // shown while the rest comes
  }
  const fresh = found.map((card) => newer(client, card)).filter((card) => isAttended(card))
  const missing = [...heard.values()].filter((one) => isAttended(one) && !fresh.some(({ id }) => id === one.id))
  return [...(await Promise.all(missing.map(({ id }) => cardOf(id)))), ...fresh]
}

function newer(client: QueryClient, card: Card): Card {
  const session = heard.get(card.id)
  return session && session.last_seq >= card.last_seq ? patched(client, card, session) : card
}

export function isAttended({ control }: Session): boolean {
  return control.mode !== 'autonomous' && control.mode !== 'finished'
}

const cardOf = (id: string): Promise<Card> =>
  answer(api.GET('/sessions/{session_id}', { params: { path: { session_id: id } } }))

/** Puts a session into the list as it is now, with what was said in it, or takes it out. */
export async function hear(client: QueryClient, session: Session, entries: Entry[] = []): Promise<void> {
  if (client.isFetching({ queryKey: KEY })) heard.set(session.id, session)
  const cards = client.getQueryData<Card[]>(KEY)
  if (!cards) return
  const known = cards.find(({ id }) => id === session.id)
  if (!isAttended(session)) {
    if (known) put(client, (all) => all.filter(({ id }) => id !== session.id))
    return
  }
  if (known) {
    const now = patched(client, known, session, entries)
    return put(client, (all) => all.map((one) => (one.id === session.id ? now : one)))
  }
  const found = await cardOf(session.id)
  if (isAttended(found)) put(client, (all) => [found, ...all.filter(({ id }) => id !== session.id)])
}

function put(client: QueryClient, change: (cards: Card[]) => Card[]): void {
  client.setQueryData<Card[]>(KEY, (cards) => cards && change(cards))
}

/** A card with the session as it is now. */
export function patched(client: QueryClient, card: Card, session: Session, entries: Entry[] = []): Card {
  const said = entries.findLast((one) => one.kind === 'message')
  const holder = session.control.operator_id
  return {
    ...card,
    ...session,
    operator:
      holder === null || holder === card.operator?.id
        ? (holder && card.operator) || null
        : { id: holder, name: client.getQueryData(OPERATORS.queryKey)?.find(({ id }) => id === holder)?.name ?? '' },
    last_message: said ? { author: said.author, text: said.text.slice(0, 200), at: said.at } : card.last_message,
  }
}

export const COUNTS = queryOptions({
  queryKey: ['human-agents', 'counts'],
  queryFn: () => answer(api.GET('/sessions/counts')),
  staleTime: Infinity,
})
