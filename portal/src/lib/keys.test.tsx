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

test('who types on after the field is gone has typed words, until a pause', () => {
  vi.useFakeTimers()
  const run = vi.fn()
  const page = (mine: boolean) => (
    <>
      <Bound keys={[{ keys: 'u', run }]} />
      {mine && <textarea aria-label="answer" />}
    </>
  )
  const { rerender } = render(page(true))
  fireEvent.keyDown(screen.getByLabelText('answer'), { key: 'Y' })
  rerender(page(false))
  for (let letter = 0; letter < 3; letter++) {
    vi.advanceTimersByTime(1000)
    fireEvent.keyDown(document.body, { key: 'u' })
  }
  expect(run).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1600)
  fireEvent.keyDown(document.body, { key: 'u' })
  expect(run).toHaveBeenCalledTimes(1)
  vi.useRealTimers()
})

test('who has closed a field with Enter may go on with a key', () => {
  const run = vi.fn()
  const { rerender } = render(<Bound keys={[{ keys: 'j', run }]} />)
  fireEvent.keyDown(screen.getByLabelText('field'), { key: 'x' })
  fireEvent.keyDown(screen.getByLabelText('field'), { key: 'Enter' })
  rerender(<Bound key="another" keys={[{ keys: 'j', run }]} />)
  fireEvent.keyDown(document.body, { key: 'j' })
  expect(run).toHaveBeenCalledTimes(1)
})

test("a page's keys rest while a dialog is open, the dialog's own do not", () => {
  const [page, dialog] = [vi.fn(), vi.fn()]
  render(
    <div role="dialog" aria-modal="true">
      <Bound
        keys={[
          { keys: 'u', run: page },
          { keys: 'r', run: dialog, inDialog: true },
        ]}
      />
    </div>,
  )
  fireEvent.keyDown(document.body, { key: 'u' })
  fireEvent.keyDown(document.body, { key: 'r' })
  expect(page).not.toHaveBeenCalled()
  expect(dialog).toHaveBeenCalledTimes(1)
})

test('letters that follow a key which opens something are meant for that', () => {
  const [ask, back] = [vi.fn(), vi.fn()]
  render(
    <Bound
      keys={[
        { keys: 'a', run: ask, opens: true },
        { keys: 'u', run: back },
      ]}
    />,
  )
  fireEvent.keyDown(document.body, { key: 'a' })
  fireEvent.keyDown(document.body, { key: 'u' })
  expect(ask).toHaveBeenCalledTimes(1)
  expect(back).not.toHaveBeenCalled()
  fireEvent.keyDown(document.body, { key: 'Escape' })
  fireEvent.keyDown(document.body, { key: 'u' })
  expect(back).toHaveBeenCalledTimes(1)
})
