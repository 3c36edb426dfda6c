import { fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { press, useKeys, type KeyBinding } from './keys'

function Bound({ keys }: { keys: Partial<KeyBinding>[] }) {
  useKeys(keys.map((one) => ({ keys: '', label: '', group: '', run: () => undefined, ...one })))
  return <input aria-label="field" />
}

beforeEach(() => addEventListener('keydown', press))
afterEach(() => removeEventListener('keydown', press))

test('a key runs what it is bound to, and stops when the component is gone', () => {
  const run = vi.fn()
  const { unmount } = render(<Bound keys={[{ keys: 'r', run }]} />)
  fireEvent.keyDown(document.body, { key: 'r' })
  expect(run).toHaveBeenCalledTimes(1)
  unmount()
  fireEvent.keyDown(document.body, { key: 'r' })
  expect(run).toHaveBeenCalledTimes(1)
})

test('letters typed into a field are letters, unless the binding says otherwise', () => {
  const [letter, send] = [vi.fn(), vi.fn()]
  render(
    <Bound
      keys={[
        { keys: 'r', run: letter },
        { keys: 'mod+Enter', run: send, whileTyping: true },
      ]}
    />,
  )
  const field = screen.getByLabelText('field')
  fireEvent.keyDown(field, { key: 'r' })
  fireEvent.keyDown(field, { key: 'Enter', ctrlKey: true })
  expect(letter).not.toHaveBeenCalled()
  expect(send).toHaveBeenCalledTimes(1)
})

test('two keys in a row are a sequence', () => {
  const run = vi.fn()
  render(<Bound keys={[{ keys: 'g h', run }]} />)
  fireEvent.keyDown(document.body, { key: 'h' })
  expect(run).not.toHaveBeenCalled()
  fireEvent.keyDown(document.body, { key: 'g' })
  fireEvent.keyDown(document.body, { key: 'h' })
  expect(run).toHaveBeenCalledTimes(1)
})

test("while a word is composed, its keys are nobody else's", () => {
  const run = vi.fn()
  render(<Bound keys={[{ keys: 'Enter', run, whileTyping: true }]} />)
  fireEvent.keyDown(screen.getByLabelText('field'), { key: 'Enter', isComposing: true })
  expect(run).not.toHaveBeenCalled()
})
