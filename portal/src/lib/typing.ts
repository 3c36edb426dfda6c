/** Who types on after a field was taken away pauses no longer than this. */
const PAUSE_MS = 1500
/** In which a field or a dialog that was asked for is there. */
const COMING_MS = 1000
let typed = { into: null as WeakRef<HTMLElement> | null, at: 0 }
let coming = 0

export function isField(target: EventTarget | null): target is HTMLElement {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || isInput(target)
}

function isInput(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit|file)$/.test(target.type)
}

/** A field that appears by itself may have the focus: nobody types elsewhere, and no dialog is open. */
export function isFocusFree(): boolean {
  return !isField(document.activeElement) && !hasDialog()
}

export function hasDialog(): boolean {
  return [...document.querySelectorAll('[aria-modal=true]')].some((one) => one.checkVisibility())
}

/** What was asked for takes letters, as soon as it is there. */
export function expectField(): void {
  coming = Date.now() + COMING_MS
}

/** A letter of somebody's words, though no field has the focus: it is gone, such as when a colleague took
 * the conversation meanwhile; or it was asked for and is not there yet.
 */
export function isStray({ key, target, ctrlKey, altKey, metaKey }: KeyboardEvent): boolean {
  const letter = key.length === 1 && !ctrlKey && !altKey && !metaKey
  const now = Date.now()
  const field = isField(target) ? target : null
  if (!letter || field) {
    typed = { into: letter && field ? new WeakRef(field) : null, at: now }
    coming = 0
    return false
  }
  const late = isGone(typed.into) && now - typed.at < PAUSE_MS
  typed = { into: late ? typed.into : null, at: now }
  return late || now < coming
}

function isGone(field: WeakRef<HTMLElement> | null): boolean {
  return field !== null && !field.deref()?.isConnected
}
