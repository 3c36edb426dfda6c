import type { Card } from './cards'

export type View = 'agent' | 'human'
export const UNASSIGNED = ''

export interface Group {
  /** Of an agent or operator; `UNASSIGNED` for what nobody has. */
  id: string
  name: string
  cards: Card[]
  unread: number
}

interface Wanted {
  view: View
  me: string
  /** Ids of groups; none: all. */
  only: string[]
  words: string
}

export type Row =
  | { kind: 'group'; key: string; group: Group; folded: boolean }
  | { kind: 'card'; key: string; card: Card; group: Group; place: number }

/** When something last happened in it. */
export function movedAt(card: Card): string {
  return card.last_message?.at ?? card.opened_at
}

/** The cards in their groups: mine first, then what nobody has; the newest on top, but who waits longest first. */
export function grouped(cards: Card[], { view, me, only, words }: Wanted): Group[] {
  const groups = new Map<string, Group>()
  for (const card of cards) {
    const owner = view === 'agent' ? card.agent : card.operator
    const id = owner?.id ?? UNASSIGNED
    if ((only.length > 0 && !only.includes(id)) || !matches(card, words)) continue
    const group = groups.get(id) ?? { id, name: owner?.name ?? '', cards: [], unread: 0 }
    groups.set(id, group)
    group.cards.push(card)
    group.unread += card.unread
  }
  const rank = ({ id }: Group) => (view === 'agent' ? 0 : id === me ? 0 : id === UNASSIGNED ? 1 : 2)
  for (const { id, cards: its } of groups.values()) its.sort(view === 'human' && id === UNASSIGNED ? byWaiting : byMove)
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

export function rowsOf(groups: Group[], folded: ReadonlySet<string>): Row[] {
  return groups.flatMap((group): Row[] => {
    const isFolded = folded.has(group.id)
    const head: Row = { kind: 'group', key: `group ${group.id}`, group, folded: isFolded }
    if (isFolded) return [head]
    return [head, ...group.cards.map((card, place): Row => ({ kind: 'card', key: card.id, card, group, place }))]
  })
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const byMove = (a: Card, b: Card) => compare(movedAt(b), movedAt(a))
const byWaiting = (a: Card, b: Card) => compare(a.waiting_since ?? a.opened_at, b.waiting_since ?? b.opened_at)

function matches(card: Card, words: string): boolean {
  if (!words) return true
  const wanted = words.toLocaleLowerCase()
  return [card.customer.name, card.subject, card.last_message?.text ?? ''].some((text) =>
    text.toLocaleLowerCase().includes(wanted),
  )
}
