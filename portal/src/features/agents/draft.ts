import type { Schemas } from '@/lib/api'

import type { Agent } from './queries'

export const NAMES = [
  'instructions',
  'copilot_instructions',
  'suggests',
  'idle_minutes',
  'allow_handoff',
  'handoff_conditions',
  'default_operators',
  'assigned_mode',
  'max_open',
  'remind_minutes',
  'fallback',
] as const
export type Name = (typeof NAMES)[number]
/** What admins set of an agent. */
export type Settings = Pick<Agent, Name>

/** What somebody has changed and not saved, and what he saw before he did. */
export interface Draft {
  mine: Partial<Settings>
  seen: Partial<Settings>
}

export const UNTOUCHED: Draft = { mine: {}, seen: {} }

/** Whether two values are stored alike. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(stored(one)) === JSON.stringify(stored(other))
}

/** A condition that is still empty is none. */
function stored(value: unknown): unknown {
  return Array.isArray(value) ? value.map((one) => String(one).trim()).filter(Boolean) : value
}

const touched = (draft: Draft) => NAMES.filter((name) => name in draft.mine)

function only(draft: Draft, wanted: (name: Name) => boolean): Draft {
  const pick = (of: Partial<Settings>) =>
    Object.fromEntries(Object.entries(of).filter(([name]) => wanted(name as Name)))
  return { mine: pick(draft.mine), seen: pick(draft.seen) }
}

/** Without what is no change any more, now that the agent is this one. */
export function rebased(draft: Draft, now: Settings): Draft {
  const { mine, seen } = draft
  return only(
    draft,
    (name) => same(seen[name], now[name]) || !(same(mine[name], seen[name]) || same(mine[name], now[name])),
  )
}

export function edited<N extends Name>(draft: Draft, now: Settings, name: N, value: Settings[N]): Draft {
  const seen = name in draft.seen ? draft.seen[name] : now[name]
  return { mine: { ...draft.mine, [name]: value }, seen: { ...draft.seen, [name]: seen } }
}

export function without(draft: Draft, gone: Name): Draft {
  return only(draft, (name) => name !== gone)
}

/** Characters of instructions. */
export const WORDS = 20_000

/** What no runtime would take: too many words, or no number where there must be one. */
export function wrong(draft: Draft): Name[] {
  return touched(draft).filter((name) => {
    const value = draft.mine[name]
    if (name === 'remind_minutes') return value === null
    return typeof value === 'string' && [...value].length > WORDS
  })
}

/** What is to be saved. */
export function changed(draft: Draft, now: Settings): Name[] {
  return touched(draft).filter(
    (name) => !same(draft.mine[name], draft.seen[name]) && !same(draft.mine[name], now[name]),
  )
}

/** What somebody else has changed meanwhile, too. */
export function moved(draft: Draft, now: Settings): Name[] {
  return changed(draft, now).filter((name) => !same(draft.seen[name], now[name]))
}

/** The other one's change is known, and mine stands. */
export function insisted(draft: Draft, now: Settings, name: Name): Draft {
  return { ...draft, seen: { ...draft.seen, [name]: now[name] } }
}

const TOLD = ['instructions', 'copilot_instructions', 'allow_handoff', 'handoff_conditions'] as const
/** What the agent would be told. */
export type Told = Partial<Pick<Settings, (typeof TOLD)[number]>>

/** What can be tried before it is saved; null: nothing of that is changed. */
export function told(draft: Draft, now: Settings): Told | null {
  const names = TOLD.filter((name) => changed(draft, now).includes(name))
  if (names.length === 0) return null
  const { was: _, ...said } = asked(draft, names)
  return said
}

/** The request. */
export function asked(draft: Draft, names: Name[]): Schemas['AgentChange'] {
  const pick = (of: Partial<Settings>) => Object.fromEntries(names.map((name) => [name, of[name]]))
  const mine: Partial<Settings> = pick(draft.mine)
  if (mine.handoff_conditions)
    mine.handoff_conditions = mine.handoff_conditions.map((one) => one.trim()).filter(Boolean)
  return { ...mine, was: pick(draft.seen) } as Schemas['AgentChange']
}

/** What is left to be saved when this has been; somebody may have gone on writing. */
export function settled(draft: Draft, sent: Schemas['AgentChange']): Draft {
  const kept = only(draft, (name) => !(name in sent) || !same(draft.mine[name], sent[name]))
  const seen = Object.fromEntries(touched(kept).map((name) => [name, name in sent ? sent[name] : kept.seen[name]]))
  return { mine: kept.mine, seen }
}
