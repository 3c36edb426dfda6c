import { expect, test } from 'vitest'

import { LONGEST, nameOf, wordsOf, wrong } from './documents'
import { asked, factsOf, type Trial } from './trial'

test('whatever is typed becomes a name that a document can have', () => {
  expect(nameOf('Opening hours')).toBe('Opening hours.md')
  expect(nameOf(' prices.2026.TXT')).toBe('prices.2026.md')
  expect(nameOf('../a/b#c?.md')).toBe('a b c.md')
  expect(nameOf('x'.repeat(300))).toHaveLength(99)
  expect(nameOf(' .md')).toBe('')
})

test('a document has a name and words, and not too many', () => {
  expect(wrong('', 'x')).toBe('name')
  expect(wrong('a.md', ' \n')).toBe('empty')
  expect(wrong('a.md', '👩'.repeat(LONGEST))).toBeNull()
  expect(wrong('a.md', 'x'.repeat(LONGEST + 1))).toBe('long')
})

test('only files of words are read', async () => {
  expect(await wordsOf(new Blob(['\ufeffOne\r\ntwo']))).toBe('One\ntwo')
  expect(await wordsOf(new Blob([new Uint8Array([0xff, 0xd8, 0xff])]))).toBeNull()
  expect(await wordsOf(new Blob(['a\0b']))).toBeNull()
})

test('the playground sends the newest lines, and all that is known of the customer', () => {
  const lines = Array.from({ length: 70 }, (_, number) => ({ author: 'customer' as const, text: `Line ${number}` }))
  const trial = {
    lines,
    want: 'reply',
    instruction: 'shorter',
    name: 'Ann',
    language: '',
    facts: 'order: 7\nnonsense',
    learnt: { size: 'M' },
  }
  const sent = asked(trial as unknown as Trial, { instructions: 'Be kind.' })
  expect(sent.lines).toHaveLength(60)
  expect(sent.lines.at(-1)?.text).toBe('Line 69')
  expect(sent.instruction).toBe('')
  expect(sent.as_if).toEqual({ instructions: 'Be kind.' })
  expect(sent.customer.facts).toEqual({ order: '7', size: 'M' })
  expect(factsOf('when: 7:00')).toEqual({ when: '7:00' })
})
