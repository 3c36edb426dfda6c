import { expect, test } from 'vitest'

import { asked, EMPTY, grouped, missing } from './draft'
import type { Way } from './queries'

const way = (more: Partial<Way>, kind = 'x', name = 'One'): Way => ({
  channel: { id: `${kind} ${name}`, kind, name },
  available: true,
  code: '',
  reason: '',
  agents: [{ id: 'a', name: 'Agent' }],
  first_message: 'text',
  subject: false,
  rich_text: false,
  ...more,
})
const template = { name: 'hello', language: 'en', variables: {} }
const full = { subject: ' News ', text: ' Hi ', html: '<p>Hi</p>', template }

test('what is asked for follows from what the channel says of itself, never from its kind', () => {
  expect(missing(way({}), EMPTY)).toEqual(['message'])
  expect(missing(way({ subject: true, rich_text: true }), EMPTY)).toEqual(['subject', 'message'])
  expect(missing(way({ first_message: 'template' }), EMPTY)).toEqual(['template'])
  expect(missing(way({ rich_text: true }), { ...EMPTY, text: 'Hi' })).toEqual(['message'])
  expect(missing(way({ subject: true, rich_text: true }), full)).toEqual([])
})

test('only what the channel takes is sent', () => {
  const none = { text: '', html: '', subject: '', template: null, agent_id: 'a', channel_id: 'x One' }
  expect(asked(way({}), 'a', full)).toEqual({ ...none, text: 'Hi' })
  expect(asked(way({ subject: true, rich_text: true }), 'a', full)).toEqual({
    ...none,
    subject: 'News',
    html: '<p>Hi</p>',
  })
  expect(asked(way({ first_message: 'template', rich_text: true }), 'a', full)).toEqual({ ...none, template })
})

test('channels are grouped by type, those that can be used first', () => {
  const all = [
    way({}, 'telegram'),
    way({}, 'chat'),
    way({ available: false }, 'whatsapp', 'A'),
    way({}, 'whatsapp', 'B'),
    way({}, 'email'),
  ]
  expect(grouped(all).map(([kind, ways]) => [kind, ...ways.map((one) => one.channel.name)])).toEqual([
    ['whatsapp', 'B', 'A'],
    ['email', 'One'],
    ['telegram', 'One'],
    ['chat', 'One'],
  ])
})
