import { useActions } from './actions'
import { useKeys, type KeyBinding } from './keys'

/** What is done by a key, and also chosen in the palette, which shows the key. */
export interface Command extends KeyBinding {
  id: string
}

/** Keys and actions of the palette at once, while the component is mounted; `heading` is the palette's. */
export function useCommands(wanted: Command[], heading: string): void {
  useKeys(wanted)
  useActions(wanted.map(({ id, label, keys, run }) => ({ id, label, keys, run, group: heading })))
}
