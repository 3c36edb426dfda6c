import { expect, test } from 'vitest'

import { complete, condition, narrowed, query, readAsked } from './asked'

const vip = condition({ field: 'tag', op: 'is', value: 'VIP' })

test('what makes no sense in an address is left out', () => {
  expect(readAsked({ q: '', order: 'down', quick: { name: 7 }, filter: { match: 'some' } })).toEqual({})
  expect(readAsked({ order: 'newest', quick: {}, filter: { match: 'all', conditions: [] } })).toEqual({})
  const asked = { q: 'ann', order: 'name', quick: { name: 'a' }, filter: { match: 'any', conditions: [vip] } }
  expect(readAsked(asked)).toEqual(asked)
})

test('what is under the headers and the filter hold together', () => {
  const { filter } = query({
    quick: { name: ' ann ', channels: 'wa_phone wa_bsuid', phone: '49', email: '', 'f:city': 'Ber', 'c:level': 'Gold' },
    filter: { match: 'any', conditions: [vip] },
  })
  expect(JSON.parse(filter ?? '')).toEqual({
    match: 'all',
    conditions: [
      condition({ field: 'name', op: 'begins', value: 'ann' }),
      {
        match: 'any',
        conditions: ['wa_phone', 'wa_bsuid'].map((value) => condition({ field: 'kind', op: 'is', value })),
      },
      condition({ field: 'phone', op: 'begins', value: '49' }),
      condition({ field: 'fact', fact: 'city', op: 'begins', value: 'Ber' }),
      condition({ field: 'fact', fact: 'level', op: 'is', value: 'Gold' }),
      { match: 'any', conditions: [vip] },
    ],
  })
})

test('conditions that are not finished narrow nothing', () => {
  const unfinished = condition({ field: 'name', op: 'begins' })
  const nameless = condition({ field: 'fact', op: 'set' })
  const group = { match: 'any' as const, conditions: [unfinished, nameless] }
  expect(complete({ match: 'all', conditions: [unfinished, vip, group] })).toEqual({ match: 'all', conditions: [vip] })
  expect(complete(group)).toBeNull()
  expect(narrowed({ filter: group, quick: { name: '  ' } })).toBe(false)
})
