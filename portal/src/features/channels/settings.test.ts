import { expect, test } from 'vitest'

import { blocks, changes, flat, missing, shown, type Setting } from './settings'

const setting = (name: string, more: Partial<Setting> = {}): Setting => ({
  name,
  what: '',
  type: 'str',
  required: false,
  secret: false,
  default: '',
  choices: [],
  ...more,
})
const PORT = setting('imap.port', { type: 'int', default: 993 })
const MAILBOX = [
  setting('address', { required: true, default: null }),
  setting('imap.host', { required: true, default: null }),
  PORT,
  setting('imap.password', { secret: true }),
  setting('auth', { default: 'password', choices: ['password', 'xoauth2'].map((value) => ({ value, what: value })) }),
  setting('plus_addresses', { type: 'bool', default: true }),
]
const STORED = flat({
  address: 'a@b.example',
  imap: { host: 'mail.b.example', port: 143 },
  auth: 'password',
  plus_addresses: true,
})

test('what is in no group comes first', () => {
  expect(blocks(MAILBOX).map((one) => [one.group, one.settings.map(({ name }) => name)])).toEqual([
    ['', ['address', 'auth', 'plus_addresses']],
    ['imap', ['imap.host', 'imap.port', 'imap.password']],
  ])
  expect(blocks([])).toEqual([])
})

test('a field shows what was typed, else what is stored, else the default', () => {
  expect(shown(PORT, {}, {})).toBe(993)
  expect(shown(PORT, STORED, {})).toBe(143)
  expect(shown(PORT, STORED, { 'imap.port': 144 })).toBe(144)
  expect(shown(PORT, STORED, { 'imap.port': '' })).toBe('')
})

test('only what was changed is sent, groups as objects', () => {
  const typed = {
    address: ' a@b.example ',
    'imap.port': 144,
    plus_addresses: false,
    auth: 'password',
    'imap.password': '',
  }
  expect(changes(MAILBOX, STORED, typed)).toEqual({ imap: { port: 144 }, plus_addresses: false })
  expect(changes(MAILBOX, STORED, {})).toEqual({})
})

test('what was emptied is its default again, and a secret only if it is to be forgotten', () => {
  expect(changes(MAILBOX, STORED, { 'imap.port': '', auth: '' })).toEqual({ imap: { port: null } })
  expect(changes(MAILBOX, STORED, { 'imap.password': null })).toEqual({ imap: { password: null } })
  expect(changes(MAILBOX, STORED, { 'imap.password': 'new' })).toEqual({ imap: { password: 'new' } })
})

test('a new channel is told what is not the default', () => {
  const typed = { address: 'a@b.example', 'imap.host': 'mail', 'imap.port': 993, 'imap.password': 'secret' }
  expect(changes(MAILBOX, {}, typed)).toEqual({ address: 'a@b.example', imap: { host: 'mail', password: 'secret' } })
})

test('what must be given is missing until it is, and a stored secret never', () => {
  const token = setting('token', { required: true, secret: true, default: null })
  expect(missing([...MAILBOX, token], {}, [], { address: ' ' })).toEqual(['address', 'imap.host', 'token'])
  expect(missing([...MAILBOX, token], STORED, ['token'], { 'imap.host': '' })).toEqual(['imap.host'])
})
