import { expect, test } from 'vitest'

import { asked, readFilters } from './filters'
import { belongs, patched, refreshed, responsible, type Card, type Cards } from './listing'

function card(id: string, mode = 'autonomous', more: object = {}): Card {
  return {
    id,
    control: { mode, operator_id: null, epoch: 1 },
    resolved_by: null,
    resolved_by_id: null,
    ...more,
  } as Card
}

const cards = (...ids: string[]): Cards => ({
  pages: ids.map((id) => ({ items: [card(id)], cursor: id })),
  pageParams: [null],
})
const shown = (found: Cards | undefined) => found?.pages.map((page) => page.items.map((one) => one.id))

test('a session that changed is as it is now wherever it is shown, or gone', () => {
  const hers = card('b', 'copilot', { control: { mode: 'copilot', operator_id: 'o', epoch: 2 } })
  const now = patched(cards('a', 'b'), hers, () => 'Olga', true)
  expect(now?.pages[1]?.items[0]).toMatchObject({ operator: { id: 'o', name: 'Olga' }, control: { mode: 'copilot' } })
  expect(shown(patched(cards('a', 'b'), hers, () => '', false))).toEqual([['a'], []])
  expect(patched(cards('a'), hers, () => '', true)).toBeUndefined()
})

test('what is new comes first, and nothing comes twice', () => {
  const first = { items: [card('n'), card('a', 'waiting')], cursor: null }
  const now = refreshed(cards('a', 'b'), first)
  expect(shown(now)).toEqual([['n', 'a'], ['b']])
  expect(now.pages[0]?.items[1]?.control.mode).toBe('waiting')
})

test('lists know who still belongs to them, as the runtime does', () => {
  const over = card('a', 'finished', { resolved_by: 'operator', resolved_by_id: 'o' })
  expect(belongs(over, { view: 'active' })).toBe(false)
  expect(belongs(over, { who: 'o', view: 'finished' })).toBe(true)
  expect(belongs(over, { who: 'ai' })).toBe(false)
  expect(belongs(card('a', 'waiting'), { who: 'nobody', mode: 'waiting' })).toBe(true)
})

test('who is responsible outlives the end', () => {
  expect(responsible(card('a'))).toBe('ai')
  expect(responsible(card('a', 'waiting'))).toBe('nobody')
  expect(responsible(card('a', 'finished', { resolved_by: 'clock' }))).toBe('ai')
  expect(responsible(card('a', 'finished', { resolved_by: 'operator', resolved_by_id: 'o' }))).toEqual({
    operator: 'o',
  })
})

test('an address is read as it is meant, and nothing else is asked', () => {
  const found = readFilters({ q: 42, view: 'all', mode: 'nonsense', from: '2026-11-02', to: 'x', who: '', z: 1 })
  expect(found).toEqual({ q: '42', from: '2026-11-02' })
  expect(asked({ to: '2026-02-28' }).until).toBe(new Date(2026, 2, 1).toISOString())
})
