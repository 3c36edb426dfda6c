import type { Act } from './queries'

/** Where what an act is about can be looked at; null: nowhere. */
export function placeOf({ act, target }: Act): string | null {
  const kind = act.slice(0, act.indexOf('.'))
  if (!target || act === 'channel.remove') return null
  switch (kind) {
    case 'operator':
    case 'channel':
    case 'agent':
      return `/settings/${kind}s/${encodeURIComponent(target)}`
    case 'customer':
      return `/customers/${encodeURIComponent(target)}`
    case 'quarantine':
      return `/settings/quarantine/${encodeURIComponent(target)}`
    default:
      return null
  }
}

/** What an act is about, by name; empty: it has none any more. */
export function calledOf({ target, data }: Act, names: Map<string, string>): string {
  return names.get(target) ?? (typeof data.name === 'string' ? data.name : '')
}

const SHORT = 90

/** The facts of an act as lines, ids as names; `short`: they fit beside the act. */
export function factsOf(data: Act['data'], names: Map<string, string>): { lines: [string, string][]; short: boolean } {
  const lines = Object.entries(data)
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([key, value]): [string, string] => [key.replaceAll('_', ' '), shown(value, names)])
  return { lines, short: lines.flat().join('').length <= SHORT && lines.every(([, text]) => !text.includes('\n')) }
}

function shown(value: unknown, names: Map<string, string>): string {
  if (typeof value === 'string') return names.get(value) ?? value
  if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return value.map((one) => shown(one, names)).join(', ')
  return typeof value === 'object' ? JSON.stringify(value, null, 1) : String(value)
}

/** A body as people read it best: JSON with its indents. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

/** In the order in which they come, under the name of their day. */
export function byDay(acts: Act[], dayOf: (act: Act) => string): [string, Act[]][] {
  const found = new Map<string, Act[]>()
  for (const act of acts) found.set(dayOf(act), [...(found.get(dayOf(act)) ?? []), act])
  return [...found]
}
