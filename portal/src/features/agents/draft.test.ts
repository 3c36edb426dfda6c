import { expect, test } from 'vitest'

import {
  asked,
  changed,
  edited,
  insisted,
  moved,
  rebased,
  settled,
  told,
  UNTOUCHED,
  WORDS,
  wrong,
  type Settings,
} from './draft'

const STORED: Settings = {
  instructions: 'Be brief.',
  copilot_instructions: '',
  suggests: 'always',
  idle_minutes: null,
  allow_handoff: true,
  handoff_conditions: [],
  default_operators: ['olga'],
  assigned_mode: 'human',
  max_open: null,
  remind_minutes: 10,
  fallback: 'nobody',
}
const kind = edited(UNTOUCHED, STORED, 'instructions', 'Be kind.')

test('only what was changed is saved, with what was seen before', () => {
  const draft = edited(kind, STORED, 'handoff_conditions', [' a fire ', ''])
  expect(changed(draft, STORED)).toEqual(['instructions', 'handoff_conditions'])
  expect(asked(draft, changed(draft, STORED))).toEqual({
    instructions: 'Be kind.',
    handoff_conditions: ['a fire'],
    was: { instructions: 'Be brief.', handoff_conditions: [] },
  })
})

test('what is written back as it was, or a condition without words, is no change', () => {
  expect(changed(edited(kind, STORED, 'instructions', 'Be brief.'), STORED)).toEqual([])
  expect(changed(edited(UNTOUCHED, STORED, 'handoff_conditions', ['']), STORED)).toEqual([])
})

test('what somebody else changed stands against mine until I insist, or he wrote the same', () => {
  const theirs = { ...STORED, instructions: 'Be funny.', max_open: 3 }
  expect(moved(kind, theirs)).toEqual(['instructions'])
  const mine = insisted(kind, theirs, 'instructions')
  expect(moved(mine, theirs)).toEqual([])
  expect(asked(mine, ['instructions']).was).toEqual({ instructions: 'Be funny.' })
  expect(rebased(kind, { ...STORED, instructions: 'Be kind.' })).toEqual(UNTOUCHED)
})

test('what goes on being written while it is saved is not lost', () => {
  const sent = asked(kind, ['instructions'])
  const now = { ...STORED, instructions: 'Be kind.' }
  expect(settled(kind, sent)).toEqual(UNTOUCHED)
  const more = settled(edited(kind, STORED, 'instructions', 'Be kind. Always.'), sent)
  expect(changed(more, now)).toEqual(['instructions'])
  expect(moved(more, now)).toEqual([])
})

test('too many words and a missing number are known before anybody is asked', () => {
  const long = edited(kind, STORED, 'instructions', 'x'.repeat(WORDS + 1))
  expect(wrong(edited(long, STORED, 'remind_minutes', null as unknown as number))).toEqual([
    'instructions',
    'remind_minutes',
  ])
  expect(wrong(edited(kind, STORED, 'max_open', null))).toEqual([])
})

test('what the agent would be told can be tried before, and nothing else', () => {
  expect(told(edited(UNTOUCHED, STORED, 'max_open', 3), STORED)).toBeNull()
  expect(told(edited(kind, STORED, 'max_open', 3), STORED)).toEqual({ instructions: 'Be kind.' })
  expect(told(edited(UNTOUCHED, STORED, 'allow_handoff', false), STORED)).toEqual({ allow_handoff: false })
})
