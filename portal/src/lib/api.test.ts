import { afterEach, expect, test, vi } from 'vitest'

import { answer, api, ApiError, setCsrf, whenLoggedOut } from './api'

function answering(status: number, body: unknown, type = 'application/json') {
  const fetched = vi.fn(
    async (_: Request) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } }),
  )
  vi.stubGlobal('fetch', fetched)
  return fetched
}

const asking = (path: '/me') => answer(api.GET(path, { baseUrl: 'http://baton/api/v1', fetch }))

afterEach(() => vi.unstubAllGlobals())

test('a problem is thrown with its code, sentence and facts', async () => {
  answering(
    409,
    { status: 409, code: 'not_in_control', title: 'Conflict', detail: 'Paul has it.', control: { epoch: 3 } },
    'application/problem+json',
  )
  const error = await asking('/me').catch((one: unknown) => one)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    status: 409,
    code: 'not_in_control',
    message: 'Paul has it.',
    facts: { control: { epoch: 3 } },
    passing: false,
  })
})

test('no answer is a network error, which passes', async () => {
  vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('failed')))
  await expect(asking('/me')).rejects.toMatchObject({ code: 'network', passing: true })
})

test('writes carry the token against forgery, and reads do not', async () => {
  const fetched = answering(200, {})
  setCsrf('token')
  await api.POST('/logout', { baseUrl: 'http://baton/api/v1', fetch })
  await asking('/me')
  const headers = fetched.mock.calls.map(([request]) => request.headers.get('X-CSRF-Token'))
  expect(headers).toEqual(['token', null])
})

test('a login that has ended is told', async () => {
  const told = vi.fn()
  whenLoggedOut(told)
  answering(401, { code: 'not_logged_in', detail: 'Log in first.' }, 'application/problem+json')
  await expect(asking('/me')).rejects.toMatchObject({ code: 'not_logged_in' })
  expect(told).toHaveBeenCalledTimes(1)
})
