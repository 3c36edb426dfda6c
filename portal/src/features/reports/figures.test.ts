import { expect, test } from 'vitest'

import { duration, growth, suggestions, taken } from './figures'
import { before, groupOf, readAsked, spanOf, today } from './range'

test('a range is of whole days, and what is before it is as long', () => {
  const now = '2026-03-10'
  expect(spanOf({}, now)).toEqual({ from: '2026-02-11', to: now })
  expect(spanOf({ range: 'lastMonth' }, now)).toEqual({ from: '2026-02-01', to: '2026-02-28' })
  expect(spanOf({ range: 'year', from: '2025-01-01', to: '2025-01-02' }, now)).toEqual({
    from: '2025-01-01',
    to: '2025-01-02',
  })
  expect(before({ from: '2026-03-01', to: '2026-03-10' })).toEqual({ from: '2026-02-19', to: '2026-02-28' })
  expect(groupOf({}, spanOf({ range: '90d' }, now))).toBe('week')
})

test('an address that makes no sense is not followed', () => {
  expect(readAsked({ range: 'ever', from: '2026-02-02', to: '2026-01-01', group: 'x', zone: '' })).toEqual({})
  expect(readAsked({ from: '2026-13-45', to: '2026-14-01' })).toEqual({})
  expect(readAsked({ range: '7d', agent: 7 })).toEqual({ range: '7d', agent: '7' })
})

test('the day is that of the zone', () => {
  const at = new Date('2026-11-24T23:30:00Z')
  expect([today('UTC', at), today('Asia/Tokyo', at)]).toEqual(['2026-11-24', '2026-11-25'])
})

test('durations are read, not calculated', () => {
  const said = [null, 0.4, 38, 125, 3600, 93_600].map((one) => duration(one, 'en'))
  expect(said).toEqual(['–', '0s', '38s', '2m 5s', '1h', '1d 2h'])
})

test('suggestions of all agents are one row, and days without any are there', () => {
  const one = { made: 4, late: 0, used: 1, edited: 1, dismissed: 1, overtaken: 0, ignored: 1 }
  const rows = ['a', 'b'].map((agent_id) => ({ ...one, agent_id, first: '2026-01-02', last: '2026-01-02' }))
  const all = ['2026-01-01', '2026-01-02'].map((first) => ({ first, last: first }))
  const found = suggestions({ rows, total: [] }, all, (row) => row.first)
  expect(found.map((row) => [row.label, row.used])).toEqual([
    ['2026-01-01', 0],
    ['2026-01-02', 2],
  ])
  expect([taken(one), growth(3, 2), growth(3, 0)]).toEqual([0.5, 0.5, null])
})
