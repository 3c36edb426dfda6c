import createClient, { type Middleware } from 'openapi-fetch'

import type { components, paths } from '@/schema/api'

export type Schemas = components['schemas']

/** What the runtime refused, or why it could not be asked. `code` is for programs, `message` for people. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly facts: Record<string, unknown>

  constructor(status: number, code: string, message: string, facts: Record<string, unknown> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.facts = facts
  }

  /** Nobody said no: the same request may be sent again. */
  get passing(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 429 || this.status === 502
  }
}

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])
let csrf = ''
let onLoggedOut: () => void = () => undefined

export function setCsrf(token: string): void {
  csrf = token
}

/** `then` is called when the runtime says that nobody is logged in. */
export function whenLoggedOut(then: () => void): void {
  onLoggedOut = then
}

/** The header of a write; needed only by requests that `api` does not make, such as uploads. */
export function csrfHeader(): Record<string, string> {
  return { 'X-CSRF-Token': csrf }
}

const guard: Middleware = {
  onRequest({ request }) {
    if (!READING.has(request.method)) request.headers.set('X-CSRF-Token', csrf)
    return request
  },
  async onResponse({ request, response }) {
    if (response.ok) return response
    const error = await problem(response)
    if (error.code === 'not_logged_in' && !request.url.endsWith('/login')) onLoggedOut()
    throw error
  },
  onError({ error }) {
    if (error instanceof ApiError) return error
    if (error instanceof DOMException && error.name === 'AbortError') return error
    return new ApiError(0, 'network', 'Baton cannot be reached.')
  },
}

/** The problem that an answer which is not ok carries. */
export async function problem(response: Response): Promise<ApiError> {
  const type = response.headers.get('Content-Type') ?? ''
  if (!type.includes('json')) return new ApiError(response.status, `http_${response.status}`, response.statusText)
  const { code, detail, title, status: _, ...facts } = await response.json()
  return new ApiError(response.status, String(code), detail || title, facts)
}

/** The API, typed by docs/openapi.json. Every answer that is not ok is thrown as `ApiError`. */
export const api = createClient<paths>({ baseUrl: '/api/v1' })
api.use(guard)

/** What was answered; the guard has thrown everything else. */
export async function answer<T>(asked: Promise<{ data?: T }>): Promise<T> {
  const { data } = await asked
  return data as T
}
