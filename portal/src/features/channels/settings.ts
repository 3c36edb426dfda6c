/** From what a kind of channel declares to a form, and from what was typed back to what is sent. */
import type { Schemas } from '@/lib/api'

export type Setting = Schemas['SettingView']
export type Value = string | number | boolean
/** By the name with dots. */
export type Stored = Record<string, Value>
/** Only what was touched; null: the default again. */
export type Typed = Record<string, Value | null>

/** Settings that belong together; `group` is empty for those that are in none. */
export interface Block {
  group: string
  settings: Setting[]
}

/** As the API has them, groups as objects, by their names with dots. */
export function flat(values: Record<string, unknown>, group = ''): Stored {
  const found: Stored = {}
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && typeof value === 'object')
      Object.assign(found, flat(value as Record<string, unknown>, `${group}${name}.`))
    else found[group + name] = value as Value
  }
  return found
}

/** The reverse of `flat`. */
export function grouped(values: Typed): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const groups = name.split('.')
    const last = groups.pop() ?? ''
    let place = found
    for (const group of groups) {
      place[group] ??= {}
      place = place[group] as Record<string, unknown>
    }
    place[last] = value
  }
  return found
}

/** Those in no group first, then group by group. */
export function blocks(settings: Setting[]): Block[] {
  const found = new Map<string, Setting[]>([['', []]])
  for (const one of settings) {
    const group = one.name.split('.').slice(0, -1).join('.')
    found.set(group, [...(found.get(group) ?? []), one])
  }
  return [...found].filter(([, its]) => its.length > 0).map(([group, its]) => ({ group, settings: its }))
}

/** What the field of a setting shows. */
export function shown(setting: Setting, stored: Stored, typed: Typed): Value {
  const own = typed[setting.name]
  if (own !== undefined) return own ?? ''
  return stored[setting.name] ?? setting.default ?? ''
}

/** What differs from what is stored, as it is sent. A secret is sent only if it was typed, or is to be forgotten. */
export function changes(settings: Setting[], stored: Stored, typed: Typed): Record<string, unknown> {
  const found: Typed = {}
  for (const setting of settings) {
    const { name, secret } = setting
    const own = typed[name]
    if (own === undefined) continue
    const given = typeof own === 'string' ? own.trim() : own
    const emptied = given === '' || given === null
    if (secret ? given === '' : same(setting, stored, emptied ? null : given)) continue
    found[name] = emptied ? null : given
  }
  return grouped(found)
}

function same({ name, default: own }: Setting, stored: Stored, given: Value | null): boolean {
  return (given ?? own ?? '') === (stored[name] ?? own ?? '')
}

/** Names of what must be given, and is not. `secrets` are those that are stored. */
export function missing(settings: Setting[], stored: Stored, secrets: string[], typed: Typed): string[] {
  return settings
    .filter((one) => one.required)
    .filter((one) => {
      const kept = one.secret && secrets.includes(one.name)
      return !kept && String(shown(one, stored, typed)).trim() === ''
    })
    .map((one) => one.name)
}
