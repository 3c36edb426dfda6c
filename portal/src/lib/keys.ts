import { useLayoutEffect, useRef } from 'react'

import { Registry, useOffer } from './registry'
import { expectField, hasDialog, isField, isStray } from './typing'

/** `keys`: `?`, `j`, `mod+Enter`, `Escape`, `alt+1` … `mod` is Ctrl, or Command on a Mac. A sequence
 * such as `g h` is two keys one after the other.
 */
export interface KeyBinding {
  keys: string
  /** What it does, as `?` lists it. */
  label: string
  /** The heading under which `?` lists it. */
  group: string
  run: () => void
  /** It also works while something is being typed; a key without a modifier then types nothing. */
  whileTyping?: boolean
  /** It belongs to a dialog. The page's own keys rest while one is open. */
  inDialog?: boolean
  /** It opens something to type into or to answer: letters that follow at once are meant for that. */
  opens?: boolean
}

export const bindings = new Registry<KeyBinding>()
const MAC = /Mac|iPhone|iPad/.test(navigator.userAgent)
const SEQUENCE_MS = 1000
let before = { key: '', at: 0 }

/** Keys that work while the component is mounted; the last one mounted wins. */
export function useKeys(wanted: KeyBinding[]): void {
  const latest = useRef(wanted)
  useLayoutEffect(() => {
    latest.current = wanted
  })
  const offered = wanted.map((one, index) => ({ ...one, run: () => latest.current[index]?.run() }))
  useOffer(
    bindings,
    offered,
    wanted.map((one) => [one.keys, one.label, one.group, one.whileTyping].join('\t')).join('\n'),
  )
}

/** The key as bindings spell it. */
export function spelled(event: KeyboardEvent): string {
  const parts = []
  if (MAC ? event.metaKey : event.ctrlKey) parts.push('mod')
  if (event.altKey) parts.push('alt')
  if (event.shiftKey && (event.key.length > 1 || event.key === ' ')) parts.push('shift')
  parts.push(event.altKey && event.code.startsWith('Digit') ? event.code.slice(5) : event.key)
  return parts.join('+')
}

/** As people read it on this machine. */
export function shown(keys: string): string[] {
  return keys
    .split(/[ +]/)
    .map((part) => (part === 'mod' ? (MAC ? '⌘' : 'Ctrl') : part === 'alt' ? (MAC ? '⌥' : 'Alt') : part))
}

export function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || /^(Shift|Control|Alt|Meta)$/.test(event.key)) return
  if (isStray(event)) return
  const key = spelled(event)
  const now = Date.now()
  const sequence = now - before.at < SEQUENCE_MS ? `${before.key} ${key}` : ''
  before = { key, at: now }
  const typing = isField(event.target)
  const covered = hasDialog()
  const works = (one: KeyBinding) => one.whileTyping || (!typing && (!covered || one.inDialog))
  const found = bindings.current().findLast((one) => (one.keys === sequence || one.keys === key) && works(one))
  if (!found) return
  event.preventDefault()
  before = { key: '', at: 0 }
  if (found.opens) expectField()
  found.run()
}
