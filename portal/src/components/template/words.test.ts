import { expect, test } from 'vitest'

import { isFilled, parts, usable, type Template } from './words'

const template = (name: string, language: string, more: Partial<Template> = {}): Template => ({
  name,
  language,
  status: 'approved',
  category: 'utility',
  quality: '',
  reason: '',
  fillable: true,
  preview: 'Hi {{body.1}}, order {{body.2}} is {{here}}.',
  variables: ['body.1', 'body.2'].map((key) => ({
    key,
    field: 'text',
    label: key,
    example: '',
    limit: 20,
    required: true,
  })),
  ...more,
})

test('the preview has what is filled in, and shows what is not', () => {
  expect(parts(template('a', 'en'), { 'body.1': 'Ann {{body.2}}' })).toEqual([
    { words: 'Hi ' },
    { key: 'body.1', value: 'Ann {{body.2}}' },
    { words: ', order ' },
    { key: 'body.2', value: '' },
    { words: ' is ' },
    { words: '{{here}}' },
    { words: '.' },
  ])
  expect(isFilled(template('a', 'en'), { 'body.1': 'Ann', 'body.2': ' ' })).toBe(false)
  expect(isFilled(template('a', 'en'), { 'body.1': 'Ann', 'body.2': '7' })).toBe(true)
})

test('only what can be sent is offered, in the language of the customer first', () => {
  const all = [
    template('b', 'en_US'),
    template('a', 'en_US'),
    template('a', 'de'),
    template('c', 'de', { status: 'pending' }),
    template('d', 'de', { fillable: false }),
  ]
  expect(usable(all, 'de-AT').map((one) => `${one.name} ${one.language}`)).toEqual(['a de', 'a en_US', 'b en_US'])
})
