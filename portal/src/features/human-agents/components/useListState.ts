import { useState } from 'react'

import type { View } from '../api/groups'
import { keep, read } from '../api/unsent'

export interface ListState {
  view: View
  /** Groups that are shown, in each view; none: all. */
  only: Record<View, string[]>
  folded: Record<View, string[]>
}

const KEY = 'baton.workspace'
const START: ListState = { view: 'human', only: { agent: [], human: [] }, folded: { agent: [], human: [] } }

/** How this operator looks at the list; the browser remembers it. */
export function useListState(): [ListState, (what: Partial<ListState>) => void] {
  const [state, setState] = useState<ListState>(() => ({ ...START, ...read<Partial<ListState>>(KEY, {}) }))
  const change = (what: Partial<ListState>) => {
    const now = { ...state, ...what }
    keep(KEY, now)
    setState(now)
  }
  return [state, change]
}
