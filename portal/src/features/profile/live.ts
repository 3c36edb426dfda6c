import type { InfiniteData } from '@tanstack/react-query'

import type { Schemas } from '@/lib/api'
import type { Surroundings } from '@/lib/feature'
import type { LiveHandler } from '@/lib/live'

import { customerOf, detailsOf, logOf, notesOf, sessionsOf, WAYS } from './queries'

type Cards = InfiniteData<Schemas['CardsView'], string | null>

/** Keeps a profile that is open as the runtime says it is now. */
export function live({ client }: Surroundings): LiveHandler {
  const again = (...keys: (readonly unknown[])[]) => {
    for (const queryKey of keys) void client.invalidateQueries({ queryKey })
  }
  return {
    session({ session }) {
      again(logOf(session.id).queryKey, detailsOf(session.id).queryKey)
      const { queryKey } = sessionsOf(session.customer_id)
      const cards = client.getQueryData<Cards>(queryKey)
      const before = cards?.pages.flatMap((page) => page.items).find((one) => one.id === session.id)
      if (cards && before) client.setQueryData<Cards>(queryKey, patched(cards, session))
      if (before?.control.epoch !== session.control.epoch) again(queryKey, customerOf(session.customer_id).queryKey)
    },
    delivery({ session_id }) {
      again(logOf(session_id).queryKey)
    },
    change({ type, id }) {
      if (type === 'customer') again(customerOf(id).queryKey, notesOf(id).queryKey, WAYS)
      if (type === 'channel' || type === 'agent') again(WAYS)
    },
  }
}

function patched(cards: Cards, session: Schemas['SessionView']): Cards {
  return {
    ...cards,
    pages: cards.pages.map((page) => ({
      ...page,
      items: page.items.map((one) => (one.id === session.id ? { ...one, ...session } : one)),
    })),
  }
}
