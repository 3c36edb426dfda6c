import type { KeyboardEvent } from 'react'

/** Whether this key sends: Enter alone, and not the one that ends a composed word. */
export function entered(event: KeyboardEvent): boolean {
  const sends = event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.nativeEvent.isComposing
  if (sends) event.preventDefault()
  return sends
}
