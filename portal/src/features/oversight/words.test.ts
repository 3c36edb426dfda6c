import { expect, test } from 'vitest'

import { factsOf, placeOf, pretty } from './words'

const act = (name: string, target = 'x 1') => ({ id: 'a', operator_id: null, act: name, target, data: {}, at: '' })

test('what an act is about is linked where it can still be looked at', () => {
  expect(placeOf(act('channel.stop'))).toBe('/settings/channels/x%201')
  expect(placeOf(act('customer.identity.add'))).toBe('/customers/x%201')
  expect(placeOf(act('agent.knowledge.write'))).toBe('/settings/agents/x%201')
  for (const gone of [act('channel.remove'), act('token.revoke'), act('customer.import', '')])
    expect(placeOf(gone)).toBeNull()
})

test('facts name people, and are short unless there is much to say', () => {
  const names = new Map([['7', 'Olga']])
  expect(factsOf({ default_operators: ['7', '8'], role: 'viewer', note: null }, names)).toEqual({
    lines: [
      ['default operators', 'Olga, 8'],
      ['role', 'viewer'],
    ],
    short: true,
  })
  expect(factsOf({ schedule: { timezone: 'UTC' } }, names).short).toBe(false)
  expect(factsOf({ instructions: 'x'.repeat(100) }, names).short).toBe(false)
})

test('a body that is JSON has its indents, any other one stays as it is', () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(pretty('{"a":')).toBe('{"a":')
})
