import type { QueryClient } from '@tanstack/react-query'

import type { Schemas } from '@/lib/api'
import { mayAct, type Operator } from '@/lib/me'
import { saying } from '@/lib/texts'

import { CARDS, type Card } from './api/cards'
import { sessionOf } from './api/session'
import type en from './texts/en'

const say = saying<typeof en>('human-agents')
const LENGTH = 140
/** Milliseconds in which whoever is there by default gets what waits. */
const ROUTING = 2000

export function canNotify(): boolean {
  return 'Notification' in window
}

/** Tells an operator who looks elsewhere that a session waits for somebody, that he has a new one, or that one of
 * his customers wrote.
 */
export function notify(client: QueryClient, me: Operator | null, { session, log }: Schemas['SessionEvent']): void {
  if (!me || !canNotify() || Notification.permission !== 'granted') return
  const moves = log.filter((one) => one.kind === 'control')
  const byMe = moves.some((one) => one.author_id === `operator:${me.id}`)
  if (session.control.mode === 'waiting' && moves.length > 0 && !byMe && mayAct(me, 'operator'))
    setTimeout(() => void waits(client, session.id).catch(() => undefined), ROUTING)
  if (session.control.operator_id !== me.id) return
  const before = known(client, session.id)
  const assigned = moves.some((one) => one.data.operator_id === me.id)
  if (assigned && !byMe && before?.operator?.id !== me.id) show(session.id, say('notifyAssigned'), name(before))
  if (looksAt(session.id)) return
  const said = log.findLast((one) => one.author === 'customer' && one.kind === 'message')
  if (said) show(session.id, say('notifyMessage', { text: said.text.slice(0, LENGTH) }), name(before))
}

/** Unless somebody has got it by now, or the portal is in front and shows it. */
async function waits(client: QueryClient, sessionId: string): Promise<void> {
  if (document.hasFocus()) return
  const now = await client.fetchQuery(sessionOf(sessionId))
  if (now.control.mode === 'waiting') show(sessionId, say('notifyWaiting'), name(now))
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
