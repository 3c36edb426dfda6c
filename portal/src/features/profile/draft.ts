import type { TemplateWanted } from '@/components/TemplatePicker'
import type { Schemas } from '@/lib/api'

import type { Way } from './queries'

/** A first message as far as it is written; what one channel does not take is kept for another one. */
export interface Draft {
  subject: string
  text: string
  html: string
  template: TemplateWanted | null
}

export const EMPTY: Draft = { subject: '', text: '', html: '', template: null }

export type Missing = 'subject' | 'message' | 'template'

/** What the channel wants and is not there yet. */
export function missing(way: Way, draft: Draft): Missing[] {
  if (way.first_message === 'template') return draft.template ? [] : ['template']
  const words = way.rich_text ? draft.html : draft.text
  return [
    ...(way.subject && !draft.subject.trim() ? (['subject'] as const) : []),
    ...(words.trim() ? [] : (['message'] as const)),
  ]
}

/** The request: only what the channel takes. */
export function asked(way: Way, agentId: string | null, draft: Draft): Schemas['NewConversation'] {
  const to = { channel_id: way.channel.id, agent_id: agentId }
  if (way.first_message === 'template') return { ...none, ...to, template: draft.template }
  return {
    ...none,
    ...to,
    ...(way.subject ? { subject: draft.subject.trim() } : {}),
    ...(way.rich_text ? { html: draft.html } : { text: draft.text.trim() }),
  }
}

const none = { text: '', html: '', subject: '', template: null }

/** Channels by their kind: those that many people know first, and of each the running ones first. */
export function grouped(ways: Way[]): [kind: string, ways: Way[]][] {
  const groups = new Map<string, Way[]>()
  for (const way of ways) groups.set(way.channel.kind, [...(groups.get(way.channel.kind) ?? []), way])
  const rank = (kind: string) => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length)
  return [...groups]
    .sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
    .map(([kind, ones]) => [
      kind,
      ones.sort((a, b) => Number(b.available) - Number(a.available) || a.channel.name.localeCompare(b.channel.name)),
    ])
}

const ORDER = ['whatsapp', 'email', 'telegram']
