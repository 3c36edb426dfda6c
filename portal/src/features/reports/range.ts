/** What the reports are about, as the address says it. */
export interface Asked extends Record<string, unknown> {
  range?: Preset
  /** Days, both included, instead of a preset. */
  from?: string
  to?: string
  group?: 'day' | 'week'
  /** Whose days; none: those of this browser. */
  zone?: string
  agent?: string
  channel?: string
}

export const PRESETS = ['today', '7d', '28d', '90d', 'month', 'lastMonth', 'year'] as const
export type Preset = (typeof PRESETS)[number]
export const START: Preset = '28d'

/** Both days are included. */
export interface Span {
  from: string
  to: string
}

const DAY = /^\d{4}-\d\d-\d\d$/
/** Days up to which a row is a day, unless somebody says otherwise. */
const DAILY = 45
/** The API's longest report. */
export const LONGEST = 800

export function readAsked(given: Record<string, unknown>): Asked {
  const found: Asked = {
    range: PRESETS.find((one) => one === given.range),
    group: (['day', 'week'] as const).find((one) => one === given.group),
  }
  for (const name of ['from', 'to'] as const) if (isDay(given[name])) found[name] = String(given[name])
  for (const name of ['zone', 'agent', 'channel'] as const) if (given[name]) found[name] = String(given[name])
  if (!found.from || !found.to || found.from > found.to) Object.assign(found, { from: undefined, to: undefined })
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined))
}

function isDay(value: unknown): boolean {
  return DAY.test(String(value)) && !Number.isNaN(Date.parse(String(value)))
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** The day that it is now in a time zone. */
export function today(zone: string, now = new Date()): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(now)
}

export function plus(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}

export function days({ from, to }: Span): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1
}

/** From when to when. */
export function spanOf(asked: Asked, now: string): Span {
  if (asked.from && asked.to) return { from: asked.from, to: asked.to }
  const month = `${now.slice(0, 7)}-01`
  switch (asked.range ?? START) {
    case 'today':
      return { from: now, to: now }
    case '7d':
      return { from: plus(now, -6), to: now }
    case '28d':
      return { from: plus(now, -27), to: now }
    case '90d':
      return { from: plus(now, -89), to: now }
    case 'month':
      return { from: month, to: now }
    case 'lastMonth': {
      const last = plus(month, -1)
      return { from: `${last.slice(0, 7)}-01`, to: last }
    }
    case 'year':
      return { from: `${now.slice(0, 4)}-01-01`, to: now }
  }
}

/** As long, just before. */
export function before(span: Span): Span {
  return { from: plus(span.from, -days(span)), to: plus(span.from, -1) }
}

export function groupOf(asked: Asked, span: Span): 'day' | 'week' {
  return asked.group ?? (days(span) > DAILY ? 'week' : 'day')
}
