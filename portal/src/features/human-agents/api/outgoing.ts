import { useSyncExternalStore } from 'react'

import { answer, api, ApiError, type Schemas } from '@/lib/api'

import { keep, read, type Upload } from './unsent'

export interface Message {
  text?: string
  html?: string
  attachments?: Schemas['FileRef'][]
  suggestion_id?: string | null
  template?: Schemas['TemplateWanted']
}

/** A message or note on its way from this browser to Baton. */
export interface Outgoing {
  /** Under which Baton writes it once, however often it is sent. */
  clientId: string
  sessionId: string
  at: string
  note: boolean
  message: Message
  /** What the message says, for those who see it wait. */
  files: Upload[]
  /** Why Baton did not take it; empty: it is on its way. */
  refused: string
}

type Taken = (what: Outgoing, seq: number) => Promise<unknown>

const PAUSE = 3000
const PATIENCE = 20_000

/** Sends one after the other in each conversation. What gets no answer is sent again, under the same id, until
 * it gets one: nothing is lost and nothing is said twice. It is kept over a reload.
 */
export class OutgoingStore {
  private all: Outgoing[]
  private readonly busy = new Set<string>()
  private readonly listeners = new Set<() => void>()
  private readonly key: string
  private readonly taken: Taken

  /** `taken` is called, and waited for, before what was accepted is forgotten here. */
  constructor(operatorId: string, taken: Taken) {
    this.key = `baton.outgoing.${operatorId}`
    this.taken = taken
    this.all = read<Outgoing[]>(this.key, [])
  }

  send(sessionId: string, message: Message, more: { note?: boolean; files?: Upload[]; clientId?: string } = {}): void {
    const clientId = more.clientId ?? newId()
    if (this.all.some((one) => one.clientId === clientId && one.sessionId === sessionId)) return
    const { note = false, files = [] } = more
    const one = { clientId, sessionId, at: new Date().toISOString(), note, message, files, refused: '' }
    this.set([...this.all, one])
    void this.run(sessionId)
  }

  again(clientId: string): void {
    this.set(this.all.map((one) => (one.clientId === clientId ? { ...one, refused: '' } : one)))
    this.resume()
  }

  discard(clientId: string): void {
    this.set(this.all.filter((one) => one.clientId !== clientId))
  }

  /** Goes on with whatever waits. */
  resume(): void {
    for (const id of new Set(this.all.map((one) => one.sessionId))) void this.run(id)
  }

  readonly current = (): Outgoing[] => this.all

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private async run(sessionId: string): Promise<void> {
    if (this.busy.has(sessionId)) return
    this.busy.add(sessionId)
    try {
      for (let next = this.next(sessionId); next; next = this.next(sessionId)) await this.one(next)
    } catch {
      setTimeout(() => void this.run(sessionId), PAUSE)
    } finally {
      this.busy.delete(sessionId)
    }
  }

  private next(sessionId: string): Outgoing | undefined {
    return this.all.find((one) => one.sessionId === sessionId && one.refused === '')
  }

  /** Throws if there was no answer. */
  private async one(outgoing: Outgoing): Promise<void> {
    try {
      const { seq } = await post(outgoing)
      await this.taken(outgoing, seq).catch(() => undefined)
      this.discard(outgoing.clientId)
    } catch (error) {
      if (error instanceof ApiError && !error.passing && error.status !== 401 && error.status < 500) {
        const refused = error.message
        this.set(this.all.map((one) => (one.clientId === outgoing.clientId ? { ...one, refused } : one)))
      } else throw error
    }
  }

  private set(all: Outgoing[]): void {
    this.all = all
    keep(this.key, all)
    for (const listener of this.listeners) listener()
  }
}

function post({ clientId, sessionId, note, message }: Outgoing): Promise<{ seq: number }> {
  const params = { path: { session_id: sessionId } }
  const signal = AbortSignal.timeout(PATIENCE)
  if (note) {
    const body = { text: message.text ?? '', client_id: clientId }
    return answer(api.POST('/sessions/{session_id}/notes', { params, body, signal }))
  }
  const body = { ...message, client_id: clientId } as never // the schema's alternatives are closed to TypeScript
  return answer(api.POST('/sessions/{session_id}/messages', { params, body, signal }))
}

/** Random, also where the page has no TLS and so no `crypto.randomUUID`. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const stores = new Map<string, OutgoingStore>()

/** The operator's store; `taken` is what the first caller says. */
export function outgoingOf(operatorId: string, taken: Taken): OutgoingStore {
  const found = stores.get(operatorId) ?? new OutgoingStore(operatorId, taken)
  stores.set(operatorId, found)
  return found
}

export function useOutgoing(store: OutgoingStore): Outgoing[] {
  return useSyncExternalStore(store.subscribe, store.current)
}
