import { createContext, useContext, useSyncExternalStore } from 'react'

import type { Schemas } from './api'

/** What comes with a number; of the others `type` says which. */
export type LiveEvent =
  | Schemas['SessionEvent']
  | Schemas['DeliveryEvent']
  | (Omit<Schemas['ChangeEvent'], 'type'> & { type: Exclude<string, 'session' | 'delivery'> })
type Sign = Schemas['PresenceMessage'] | Schemas['DraftMessage']
type Greeting = Schemas['Hello'] | Schemas['Resync']
type Heard = LiveEvent | Sign | Greeting
type Told = Schemas['Looking'] | Schemas['Typing']

/** A feature's ears. All are optional; they patch the query cache. */
export interface LiveHandler {
  session?: (event: Schemas['SessionEvent']) => void
  delivery?: (event: Schemas['DeliveryEvent']) => void
  draft?: (message: Schemas['DraftMessage']) => void
  presence?: (message: Schemas['PresenceMessage']) => void
  /** A channel, agent, operator, suggestion, customer … changed: `event.type` says which. */
  change?: (event: Schemas['ChangeEvent']) => void
}

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'offline'
const PAUSES = [200, 500, 1000, 2000, 4000]
const LOGGED_OUT = 4401

/** The page's one websocket. It comes back by itself, and goes on after the last number it had. */
export class LiveSocket {
  state: LiveState = 'connecting'
  presence: Schemas['OperatorHere'][] = []
  private socket: WebSocket | null = null
  private last: number | null = null
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private looking: string | null = null
  private stopped = false
  private readonly listeners = new Set<() => void>()
  private readonly address: string
  private readonly handlers: LiveHandler[]
  private readonly refetch: () => void
  private readonly loggedOut: () => Promise<boolean>

  /** `refetch`: everything shown may be old. `loggedOut`: this login has ended; whether another one has begun. */
  constructor(address: string, handlers: LiveHandler[], refetch: () => void, loggedOut: () => Promise<boolean>) {
    this.address = address
    this.handlers = handlers
    this.refetch = refetch
    this.loggedOut = loggedOut
  }

  start(): void {
    this.stopped = false
    addEventListener('online', this.hurry)
    addEventListener('offline', this.cut)
    this.connect()
  }

  stop(): void {
    this.stopped = true
    removeEventListener('online', this.hurry)
    removeEventListener('offline', this.cut)
    clearTimeout(this.timer)
    this.socket?.close()
    this.socket = null
  }

  /** Which session is open on this page; said again after every reconnect. */
  look(sessionId: string | null): void {
    this.looking = sessionId
    this.tell({ type: 'looking', session_id: sessionId })
  }

  typing(sessionId: string): void {
    this.tell({ type: 'typing', session_id: sessionId })
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private tell(message: Told): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }

  private connect(): void {
    clearTimeout(this.timer)
    const after = this.last === null ? '' : `?after=${this.last}`
    const socket = new WebSocket(this.address + after)
    this.socket = socket
    socket.onmessage = ({ data }) => this.hear(JSON.parse(String(data)))
    socket.onclose = ({ code }) => {
      if (this.socket !== socket || this.stopped) return
      this.socket = null
      if (code === LOGGED_OUT) void this.ended()
      else this.again()
    }
  }

  private async ended(): Promise<void> {
    if ((await this.loggedOut()) && !this.stopped) this.connect()
  }

  private again(): void {
    this.become(navigator.onLine ? 'reconnecting' : 'offline')
    const pause = PAUSES[Math.min(this.failures, PAUSES.length - 1)] ?? 0
    this.failures += 1
    this.timer = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2))
  }

  private readonly hurry = (): void => {
    if (this.socket === null) this.connect()
  }

  private readonly cut = (): void => {
    this.become('offline')
    this.socket?.close()
  }

  private hear(message: Heard): void {
    if ('n' in message && message.type !== 'hello') this.last = message.n
    switch (message.type) {
      case 'hello':
        return this.greet(message as Schemas['Hello'])
      case 'resync':
        return this.refetch()
      case 'presence':
        this.presence = (message as Schemas['PresenceMessage']).operators
        this.say()
        return this.each((one) => one.presence?.(message as Schemas['PresenceMessage']))
      case 'draft':
        return this.each((one) => one.draft?.(message as Schemas['DraftMessage']))
      case 'session':
        return this.each((one) => one.session?.(message as Schemas['SessionEvent']))
      case 'delivery':
        return this.each((one) => one.delivery?.(message as Schemas['DeliveryEvent']))
      default:
        return this.each((one) => one.change?.(message as Schemas['ChangeEvent']))
    }
  }

  private greet(hello: Schemas['Hello']): void {
    this.failures = 0
    this.last = this.last === null || this.last > hello.n ? hello.n : this.last
    this.become('live')
    if (this.looking !== null) this.look(this.looking)
    this.refetch() // what was fetched before now may have changed unheard
  }

  private each(act: (handler: LiveHandler) => void): void {
    for (const handler of this.handlers) act(handler)
  }

  private become(state: LiveState): void {
    if (this.state === state) return
    this.state = state
    this.say()
  }

  private say(): void {
    for (const listener of this.listeners) listener()
  }
}

export const LiveContext = createContext<LiveSocket | null>(null)

export function useLive(): LiveSocket {
  const live = useContext(LiveContext)
  if (!live) throw new Error('useLive is for components below the shell.')
  return live
}

export function useLiveState(): LiveState {
  const live = useLive()
  return useSyncExternalStore(live.subscribe, () => live.state)
}

export function usePresence(): Schemas['OperatorHere'][] {
  const live = useLive()
  return useSyncExternalStore(live.subscribe, () => live.presence)
}
