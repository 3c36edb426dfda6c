import type { Schemas } from '@/lib/api'

/** One line of a plot, and of the table that says the same. */
export interface Row extends Record<string, string | number | null> {
  label: string
}

interface Cut {
  first: string
  last: string
}

type Days = (row: Cut) => string

/** A share from 0 to 1; null where there is nothing to share. */
export function share(part: number, whole: number): number | null {
  return whole ? part / whole : null
}

/** By how much it grew, as a share; null where there was nothing. */
export function growth(now: number | null, then: number | null): number | null {
  return now === null || !then ? null : (now - then) / then
}

export function sum<T>(rows: T[], of: (row: T) => number): number {
  return rows.reduce((all, row) => all + of(row), 0)
}

export const ENDS = ['agent', 'operator', 'clock', 'outside', 'unfinished'] as const

export function outcomes({ rows }: Schemas['SessionsReport'], days: Days): Row[] {
  return rows.map((row) => ({
    label: days(row),
    agent: row.agent,
    operator: row.operator,
    clock: row.clock,
    outside: row.outside,
    unfinished: row.unfinished,
  }))
}

export function containment({ rows }: Schemas['SessionsReport'], days: Days): Row[] {
  return rows.map((row) => ({ label: days(row), containment: row.containment }))
}

export function replies({ rows }: Schemas['RepliesReport'], days: Days): Row[] {
  return rows.map((row) => ({ label: days(row), agent: row.agent.p50, human: row.human.p50 }))
}

export function handovers({ rows }: Schemas['HandoversReport'], days: Days): Row[] {
  return rows.map((row) => ({
    label: days(row),
    customer: row.customer,
    agent: row.agent,
    operator: row.operator,
    outside: row.outside,
  }))
}

export type Suggested = Omit<Schemas['SuggestedView'], 'agent_id'>

/** Of those that a person decided on, how many reached the customer. */
export function taken(of: Suggested): number | null {
  return share(of.used + of.edited, of.used + of.edited + of.dismissed + of.ignored)
}

export function total(all: Suggested[]): Suggested {
  const names = ['made', 'late', 'used', 'edited', 'dismissed', 'overtaken', 'ignored'] as const
  return Object.fromEntries(names.map((name) => [name, sum(all, (one) => one[name])])) as Suggested
}

/** Of all agents together; rows that nobody suggested anything in are there too. */
export function suggestions(report: Schemas['SuggestionsReport'], all: Cut[], days: Days): Row[] {
  return all.map((cut) => {
    const { used, edited, dismissed, ignored, overtaken } = total(report.rows.filter((one) => one.first === cut.first))
    return { label: days(cut), used, edited, dismissed, ignored, overtaken }
  })
}

/** How many were opened on each channel, the most first. */
export function byChannel({ rows }: Schemas['VolumeReport']): { id: string; name: string; opened: number }[] {
  const found = new Map<string, { id: string; name: string; opened: number }>()
  for (const row of rows) {
    const before = found.get(row.channel_id)
    found.set(row.channel_id, {
      id: row.channel_id,
      name: row.channel || row.channel_id,
      opened: row.opened + (before?.opened ?? 0),
    })
  }
  return [...found.values()].sort((a, b) => b.opened - a.opened)
}

/** `38s`, `2m 5s`, `1h 4m`, `2d 3h`. */
export function duration(seconds: number | null, language: string): string {
  if (seconds === null) return '–'
  const whole = Math.round(seconds)
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'day'],
    [Math.floor(whole / 3600) % 24, 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ]
  const from = parts.findIndex(([many]) => many > 0)
  const shown = from < 0 ? parts.slice(-1) : parts.slice(from, from + 2).filter(([many]) => many > 0)
  return shown
    .map(([many, unit]) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'narrow' }).format(many))
    .join(' ')
}
