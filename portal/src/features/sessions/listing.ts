import type { InfiniteData } from '@tanstack/react-query'

import type { Schemas } from '@/lib/api'

import type { Filters } from './filters'

export type Card = Schemas['CardView']
type Session = Schemas['SessionView']
export type Cards = InfiniteData<Schemas['CardsView'], string | null>

/** Whether a session that changed still belongs to a list, as far as the session itself says. */
export function belongs(session: Session, { view, mode, who }: Filters): boolean {
  const over = session.control.mode === 'finished'
  if (view && (view === 'finished') !== over) return false
  if (mode && mode !== session.control.mode) return false
  if (who === 'ai') return session.control.mode === 'autonomous' || session.resolved_by === 'agent'
  if (who === 'nobody') return session.control.mode === 'waiting'
  return !who || session.control.operator_id === who || session.resolved_by_id === who
}

/** The list with a session as it is now; undefined: it is not in there. */
export function patched(cards: Cards, session: Session, name: (id: string) => string | undefined, keeps: boolean) {
  if (!cards.pages.some((page) => page.items.some((one) => one.id === session.id))) return undefined
  const operator = session.control.operator_id
  const here = (one: Card): Card[] => {
    if (one.id !== session.id) return [one]
    const who = operator ? { id: operator, name: name(operator) ?? '' } : null
    return keeps ? [{ ...one, ...session, operator: who }] : []
  }
  return { ...cards, pages: cards.pages.map((page) => ({ ...page, items: page.items.flatMap(here) })) }
}

/** The list with its first page fetched again: what is new comes first, what was there is as it is now. */
export function refreshed(cards: Cards, first: Schemas['CardsView']): Cards {
  const fresh = new Map(first.items.map((one) => [one.id, one]))
  const before = new Set(cards.pages.flatMap((page) => page.items.map((one) => one.id)))
  const added = first.items.filter((one) => !before.has(one.id))
  return {
    ...cards,
    pages: cards.pages.map((page, index) => ({
      ...page,
      items: [...(index === 0 ? added : []), ...page.items.map((one) => fresh.get(one.id) ?? one)],
    })),
  }
}

/** Who answers, or who answered when it ended: the AI, an operator, or nobody. */
export function responsible(card: Session): 'ai' | 'nobody' | { operator: string } {
  const { mode, operator_id } = card.control
  if (operator_id) return { operator: operator_id }
  if (card.resolved_by_id) return { operator: card.resolved_by_id }
  if (mode === 'autonomous' || card.resolved_by === 'agent' || card.resolved_by === 'clock') return 'ai'
  return 'nobody'
}
