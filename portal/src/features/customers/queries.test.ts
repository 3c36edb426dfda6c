import { expect, test } from 'vitest'

import type { Kind } from '@/lib/kinds'

import { addressOf, knownBy, type Customer } from './queries'

const identity = (kind: string, value: string, channel_id: string | null = null) => ({
  kind,
  value,
  username: '',
  channel_id,
  channel: channel_id ? `Channel ${channel_id}` : '',
  reachable: true,
  reason: '',
  marketing: true,
})
const ann: Customer = {
  id: '1',
  name: 'Ann',
  language: '',
  facts: {},
  tags: [],
  talked_at: null,
  open: 0,
  created_at: '2026-11-27T00:00:00Z',
  identities: [
    identity('wa_bsuid', 'DE.1', 'w'),
    identity('wa_phone', '4930123456', 'w'),
    identity('email', 'ann@example.com'),
    identity('telegram_user', '7', 't'),
  ],
}

const kind = (name: string, ...identities: string[]): Kind => ({
  kind: name,
  what: name,
  webhook: true,
  templates: false,
  settings: [],
  identities: identities.map((one) => ({ kind: one, what: one, world: null })),
})
const kinds = [kind('whatsapp', 'wa_phone', 'wa_bsuid'), kind('telegram', 'telegram_user'), kind('email', 'email')]

test('addresses are found by what they are for', () => {
  expect(addressOf(ann, ['email'])).toBe('ann@example.com')
  expect(addressOf(ann, ['phone', 'wa_phone'])).toBe('4930123456')
  expect(addressOf({ ...ann, identities: [] }, ['phone'])).toBe('')
})

test('a channel is named once, however many identities it has', () => {
  expect(knownBy(ann, kinds).map((one) => one.kind)).toEqual(['whatsapp', 'email', 'telegram'])
})
