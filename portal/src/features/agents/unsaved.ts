import { useSyncExternalStore } from 'react'

import { useMe } from '@/lib/me'

/** What is written and not saved. It is kept in the browser, and there after a reload. */
class Unsaved {
  private readonly known = new Map<string, unknown>()
  private readonly listeners = new Set<() => void>()

  get<T>(key: string): T | null {
    if (!this.known.has(key)) this.known.set(key, read(key))
    return this.known.get(key) as T | null
  }

  set(key: string, value: unknown): void {
    this.known.set(key, value)
    try {
      if (value === null) localStorage.removeItem(key)
      else localStorage.setItem(key, JSON.stringify(value))
    } catch {
      // full, or forbidden: it is on the screen all the same
    }
    for (const listener of this.listeners) listener()
  }

  below(prefix: string): string[] {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) this.get(key)
    return [...this.known]
      .filter(([key, value]) => value !== null && key.startsWith(prefix))
      .map(([key]) => key.slice(prefix.length))
      .sort()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null')
  } catch {
    return null
  }
}

export const unsaved = new Unsaved()

/** One thing that is not saved yet, by name; null: there is nothing. `set` is given what there is then. */
export function useUnsaved<T>(name: string): [T | null, (next: (now: T | null) => T | null) => void] {
  const key = `baton.unsaved.${useMe().id}.${name}`
  const value = useSyncExternalStore(unsaved.subscribe, () => unsaved.get<T>(key))
  return [value, (next) => unsaved.set(key, next(unsaved.get<T>(key)))]
}

/** What is not saved of the names that begin so: what follows there. */
export function useUnsavedBelow(start: string): string[] {
  const prefix = `baton.unsaved.${useMe().id}.${start}`
  const found = useSyncExternalStore(unsaved.subscribe, () => unsaved.below(prefix).join('\n'))
  return found === '' && unsaved.get(prefix) === null ? [] : found.split('\n')
}
