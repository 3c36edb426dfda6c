import { expect, test } from 'vitest'

import { common, commonTexts } from '@/lib/common'
import { startTexts } from '@/lib/texts'

import { marker, worst, type Line } from './marker'

const OLGA = { author_id: 'operator:o', author_name: 'Olga' }

async function said(who: object, before: string, after: string, more: object = {}): Promise<string> {
  await startTexts({ common: commonTexts })
  const line = { at: '', author_id: '', author_name: '', text: '', ...who, data: { before, after, ...more } }
  return marker(line, common, '27 Nov 2026, 10:00')
}

test('a marker says who had control when, and how it came to that', async () => {
  const hers = { operator_id: 'o', operator_name: 'Olga' }
  const pauls = { operator_id: 'p', operator_name: 'Paul' }
  const told = [
    await said({ author_id: 'customer' }, 'autonomous', 'waiting'),
    await said({ author_id: 'routing' }, 'waiting', 'human', pauls),
    await said(OLGA, 'waiting', 'copilot', hers),
    await said(OLGA, 'copilot', 'copilot', pauls),
    await said(OLGA, 'copilot', 'human', hers),
    await said(OLGA, 'human', 'waiting'),
    await said(OLGA, 'copilot', 'autonomous'),
    await said(OLGA, 'copilot', 'finished'),
    await said({ author_id: 'clock' }, 'autonomous', 'finished'),
    await said(OLGA, '', 'copilot', hers),
  ]
  expect(told).toEqual([
    'Transfer to human agent at 27 Nov 2026, 10:00',
    'Assigned to Paul at 27 Nov 2026, 10:00',
    'Olga took over at 27 Nov 2026, 10:00',
    'Olga assigned this to Paul at 27 Nov 2026, 10:00',
    'Olga switched Copilot off at 27 Nov 2026, 10:00',
    'Olga unassigned this at 27 Nov 2026, 10:00',
    'Olga returned this to the AI at 27 Nov 2026, 10:00',
    'The session was resolved by Olga at 27 Nov 2026, 10:00',
    'The session was closed at 27 Nov 2026, 10:00: nobody wrote any more',
    'Olga started the conversation at 27 Nov 2026, 10:00',
  ])
})

test('of several parts the worst one counts', () => {
  const parts = (['read', 'failed', 'sent'] as const).map((state, part) => ({
    part,
    state,
    code: '',
    detail: '',
    settled_at: null,
  })) satisfies Line['deliveries']
  expect(worst(parts)?.state).toBe('failed')
  expect(worst([])).toBeUndefined()
})
