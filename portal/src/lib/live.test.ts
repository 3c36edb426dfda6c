import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { LiveSocket, type LiveHandler } from './live'

class FakeSocket {
  static all: FakeSocket[] = []
  static readonly OPEN = 1
  readyState = 1
  sent: unknown[] = []
  onmessage: (event: { data: string }) => void = () => undefined
  onclose: (event: { code: number }) => void = () => undefined
  readonly url: string

  constructor(url: string) {
    this.url = url
    FakeSocket.all.push(this)
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text))
  }

  close(): void {
    this.readyState = 3
    this.onclose({ code: 1000 })
  }

  say(message: object): void {
    this.onmessage({ data: JSON.stringify(message) })
  }
}

const last = () => FakeSocket.all.at(-1) as FakeSocket
let live: LiveSocket
const handler = { session: vi.fn(), change: vi.fn() } satisfies LiveHandler
const refetch = vi.fn()
const loggedOut = vi.fn<() => Promise<boolean>>()

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.clearAllMocks()
  FakeSocket.all = []
  live = new LiveSocket('ws://baton/live', [handler], refetch, loggedOut)
  live.start()
})

afterEach(() => {
  live.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('after a lost connection it asks for what it missed, and everything is fetched again', () => {
  last().say({ type: 'hello', n: 7, oldest: 1 })
  expect(refetch).toHaveBeenCalledTimes(1) // what the page fetched before it listened
  last().say({ type: 'session', n: 8, session_id: 's', session: {}, log: [] })
  live.look('s')
  expect(handler.session).toHaveBeenCalledTimes(1)
  last().onclose({ code: 1001 })
  expect(live.state).toBe('reconnecting')
  vi.advanceTimersByTime(1000)
  expect(last().url).toBe('ws://baton/live?after=8')
  last().say({ type: 'hello', n: 12, oldest: 1 })
  expect(live.state).toBe('live')
  expect(refetch).toHaveBeenCalledTimes(2)
  expect(last().sent).toEqual([{ type: 'looking', session_id: 's' }])
})

test('hello does not skip what is still to come', () => {
  last().say({ type: 'hello', n: 7, oldest: 1 })
  last().onclose({ code: 1001 })
  vi.advanceTimersByTime(1000)
  last().say({ type: 'hello', n: 12, oldest: 1 })
  last().onclose({ code: 1001 })
  vi.advanceTimersByTime(2000)
  expect(last().url).toBe('ws://baton/live?after=7')
})

test('a runtime that began anew, with smaller numbers, is followed from there', () => {
  last().say({ type: 'hello', n: 70, oldest: 1 })
  last().onclose({ code: 1001 })
  vi.advanceTimersByTime(1000)
  last().say({ type: 'hello', n: 3, oldest: 1 })
  last().say({ type: 'resync', n: 3 })
  last().onclose({ code: 1001 })
  vi.advanceTimersByTime(2000)
  expect(last().url).toBe('ws://baton/live?after=3')
})

test('kinds that nobody knew when this was written reach the features too', () => {
  last().say({ type: 'customer', n: 9, id: 'c', session_id: null, seq: 0, data: {} })
  expect(handler.change).toHaveBeenCalledWith(expect.objectContaining({ type: 'customer', id: 'c' }))
})

test('a login that has ended ends it', async () => {
  loggedOut.mockResolvedValue(false)
  last().onclose({ code: 4401 })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(loggedOut).toHaveBeenCalledTimes(1)
  expect(FakeSocket.all).toHaveLength(1)
})

test('another login of the same browser goes on where the first one ended', async () => {
  loggedOut.mockResolvedValue(true)
  last().say({ type: 'hello', n: 7, oldest: 1 })
  last().onclose({ code: 4401 })
  await vi.advanceTimersByTimeAsync(0)
  expect(last().url).toBe('ws://baton/live?after=7')
})
