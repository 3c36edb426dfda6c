export interface Question {
  title: string
  text: string
  yes?: string
  no?: string
  /** The act cannot be undone: the button is red. */
  grave?: boolean
}

export interface Asked extends Question {
  answer: (sure: boolean) => void
}

const EVENT = 'baton:confirm'

/** Asks; false when the dialog is closed in whatever way. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((answer) => {
    dispatchEvent(new CustomEvent<Asked>(EVENT, { detail: { ...question, answer } }))
  })
}

/** `show` is called with every question; returns what ends that. */
export function onQuestion(show: (asked: Asked) => void): () => void {
  const listen = (event: Event) => show((event as CustomEvent<Asked>).detail)
  addEventListener(EVENT, listen)
  return () => removeEventListener(EVENT, listen)
}
