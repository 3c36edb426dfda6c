import type { QueryClient } from '@tanstack/react-query'

import type { Schemas } from '@/lib/api'
import type { Operator } from '@/lib/me'
import { saying } from '@/lib/texts'

import { CARDS, type Card } from './api/cards'
import { sessionOf } from './api/session'
import type en from './texts/en'

const say = saying<typeof en>('human-agents')
const LENGTH = 140

export function canNotify(): boolean {
  return 'Notification' in window
}

/** Tells an operator who looks elsewhere that he has a new session, or that one of his customers wrote. */
export function notify(client: QueryClient, me: Operator | null, { session, log }: Schemas['SessionEvent']): void {
  if (!me || session.control.operator_id !== me.id || !canNotify() || Notification.permission !== 'granted') return
  const before = known(client, session.id)
  const byMe = log.some((one) => one.kind === 'control' && one.author_id === `operator:${me.id}`)
  const assigned = log.some((one) => one.kind === 'control' && one.data.operator_id === me.id)
  if (assigned && !byMe && before?.operator?.id !== me.id) show(session.id, say('notifyAssigned'), name(before))
  if (looksAt(session.id)) return
  const said = log.findLast((one) => one.author === 'customer' && one.kind === 'message')
  if (said) show(session.id, say('notifyMessage', { text: said.text.slice(0, LENGTH) }), name(before))
}

function known(client: QueryClient, id: string): Card | undefined {
  const cards = client.getQueryData(CARDS.queryKey)
  return cards?.find((one) => one.id === id) ?? client.getQueryData(sessionOf(id).queryKey)
}

function name(card: Card | undefined): string {
  return card ? card.customer.name || say('unknown') : ''
}

function looksAt(sessionId: string): boolean {
  return document.hasFocus() && location.pathname === `/human-agents/${sessionId}`
}

/** One for each session and kind, whatever the number of tabs. */
function show(sessionId: string, title: string, body: string): void {
  const shown = made(title, { body, icon: '/icon.svg', tag: `${sessionId} ${title}` })
  if (!shown) return
  shown.onclick = () => {
    window.focus()
    dispatchEvent(new CustomEvent('baton:open-session', { detail: sessionId }))
    shown.close()
  }
}

/** Browsers on phones have the name and the permission, and throw. */
function made(title: string, options: NotificationOptions): Notification | null {
  try {
    return new Notification(title, options)
  } catch {
    return null
  }
}
