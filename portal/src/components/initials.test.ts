import { expect, test } from 'vitest'

import { initials } from './initials'

test('initials are of whole characters, whatever the name', () => {
  expect(['Ann', 'Ann Marie Lee', '👩🏽 Ó', '', '  '].map(initials)).toEqual(['A', 'AL', '👩Ó', '?', '?'])
})
