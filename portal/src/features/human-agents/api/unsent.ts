import { useSyncExternalStore } from 'react'

import type { Schemas } from '@/lib/api'

export type Upload = Schemas['Uploaded']

/** What somebody has written and not sent, in one conversation. */
export interface Unsent {
  tab: 'reply' | 'notes'
  text: string
  /** In the place of `text` while the formatted editor is used. */
  html: string
  formatted: boolean
  note: string
  files: Upload[]
  /** The suggestion that the text began as. */
  suggestion: { id: string; text: string } | null
  /** The approved message that is being chosen and filled in; null: none is. */
  template: Schemas['TemplateWanted'] | null
}

export const EMPTY: Unsent = {
  tab: 'reply',
  text: '',
  html: '',
  formatted: false,
  note: '',
  files: [],
  suggestion: null,
  template: null,
}

/** Kept in the browser, so that it is there after a reload, and whatever becomes of the network. */
export class UnsentStore {
  private readonly known = new Map<string, Unsent>()
  private readonly listeners = new Set<() => void>()
  private readonly prefix: string

  constructor(operatorId: string) {
    this.prefix = `baton.unsent.${operatorId}.`
  }

  get(sessionId: string): Unsent {
    const found = this.known.get(sessionId) ?? this.load(sessionId)
    this.known.set(sessionId, found)
    return found
  }

  change(sessionId: string, what: Partial<Unsent>): void {
    const now = { ...this.get(sessionId), ...what }
    this.known.set(sessionId, now)
    const key = this.prefix + sessionId
    if (isEmpty(now)) localStorage.removeItem(key)
    else keep(key, now)
    for (const listener of this.listeners) listener()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private load(sessionId: string): Unsent {
    return { ...EMPTY, ...read<Partial<Unsent>>(this.prefix + sessionId, {}) }
  }
}

function isEmpty({ text, html, note, files, template }: Unsent): boolean {
  return text === '' && html === '' && note === '' && files.length === 0 && template === null
}

export function read<T>(key: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? otherwise
  } catch {
    return otherwise
  }
}

/** A full or forbidden storage is no reason not to go on. */
export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // what was typed is on the screen all the same
  }
}

const stores = new Map<string, UnsentStore>()

export function unsentOf(operatorId: string): UnsentStore {
  const found = stores.get(operatorId) ?? new UnsentStore(operatorId)
  stores.set(operatorId, found)
  return found
}

export function useUnsent(operatorId: string, sessionId: string): [Unsent, (what: Partial<Unsent>) => void] {
  const store = unsentOf(operatorId)
  const now = useSyncExternalStore(store.subscribe, () => store.get(sessionId))
  return [now, (what) => store.change(sessionId, what)]
}
