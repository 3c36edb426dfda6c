import { QueryObserver } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'

import { Client } from './client'

const KEY = ['words']

/** Somebody looks at what is asked for; each answer comes when it is told to. */
function looking(client: Client) {
  const answers: { come: (words: string) => void; fail: (error: Error) => void }[] = []
  const queryFn = () => new Promise<string>((come, fail) => answers.push({ come, fail }))
  const observer = new QueryObserver(client, { queryKey: KEY, queryFn, retry: false })
  observer.subscribe(() => undefined)
  return { answers, shown: () => observer.getCurrentResult().data }
}

test('what changes while it is asked for the first time is asked for once more', async () => {
  const client = new Client()
  const { answers, shown } = looking(client)
  void client.invalidateQueries({ queryKey: KEY })
  void client.invalidateQueries()
  answers[0]?.come('before')
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  expect(shown()).toBe('before')
  answers[1]?.come('after')
  await vi.waitFor(() => expect(shown()).toBe('after'))
  expect(answers).toHaveLength(2)
})

test('what could not be had is not asked for again by itself', async () => {
  const client = new Client()
  const { answers } = looking(client)
  void client.invalidateQueries({ queryKey: KEY })
  answers[0]?.fail(new Error('no'))
  await vi.waitFor(() => expect(client.isFetching()).toBe(0))
  await new Promise((rest) => setTimeout(rest))
  expect(answers).toHaveLength(1)
})
