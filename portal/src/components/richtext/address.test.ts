import { expect, test } from 'vitest'

import { address } from './address'

test('an address is made whole, and what runs code is none', () => {
  expect(['example.com/a?b=1', 'http://example.com', 'ann@example.com', 'tel:+4930123456'].map(address)).toEqual([
    'https://example.com/a?b=1',
    'http://example.com',
    'mailto:ann@example.com',
    'tel:+4930123456',
  ])
  const wrong = ['', '  ', 'javascript:alert(1)', 'JavaScript:alert(1)', 'data:text/html,x', 'word', 'two words.com']
  expect(wrong.map(address)).toEqual(wrong.map(() => ''))
})
