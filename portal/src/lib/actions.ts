import { useLayoutEffect, useRef, type ReactNode } from 'react'

import { Registry, useOffer } from './registry'

/** One line of the command palette. */
export interface Action {
  id: string
  label: string
  group: string
  description?: string
  icon?: ReactNode
  /** What is pressed for the same, as `useKeys` spells it; it is only shown. */
  keys?: string
  run: () => void
}

export const actions = new Registry<Action>()

/** Actions that the palette offers while the component is mounted. */
export function useActions(wanted: Action[]): void {
  const latest = useRef(wanted)
  useLayoutEffect(() => {
    latest.current = wanted
  })
  const offered = wanted.map((one, index) => ({ ...one, run: () => latest.current[index]?.run() }))
  useOffer(actions, offered, wanted.map((one) => `${one.id}\t${one.label}\t${one.keys}`).join('\n'))
}
