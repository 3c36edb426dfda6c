import type { Texts } from './texts'

/** Finds what the runtime said among the texts of a language; loaded with the first that is not the runtime's own. */
export function lookUp(all: Texts, sentence: string, code: string): string {
  return found(all, sentence) ?? all[code]?.replaceAll('{{sentence}}', sentence) ?? parts(all, sentence)
}

const BETWEEN = /(?<=[.!?]) /
const NAME = /\{\{(\w+)\}\}/g

function parts(all: Texts, text: string): string {
  const cut = text.search(BETWEEN)
  if (cut < 0) return found(all, text) ?? text
  const head = text.slice(0, cut)
  const rest = text.slice(cut + 1)
  return `${found(all, head) ?? head} ${found(all, rest) ?? parts(all, rest)}`
}

function found(all: Texts, sentence: string): string | undefined {
  const same = all[sentence]
  if (same !== undefined) return same
  for (const { pattern, names, text } of patternsOf(all)) {
    const given = pattern.exec(sentence)
    const put = (now: string, name: string, nth: number) =>
      now.replaceAll(`{{${name}}}`, parts(all, given?.[nth + 1] ?? ''))
    if (given) return names.reduce(put, text)
  }
  return undefined
}

interface Pattern {
  pattern: RegExp
  names: string[]
  text: string
}
const made = new WeakMap<Texts, Pattern[]>()

/** Sentences with names in them, as what they look like. */
function patternsOf(all: Texts): Pattern[] {
  const before = made.get(all)
  if (before) return before
  const now = Object.entries(all)
    .filter(([key]) => key.includes('{{'))
    .map(([key, text]) => {
      const pieces = key.split(NAME)
      const escaped = pieces.map((one, index) => (index % 2 ? '(.+?)' : one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      return { pattern: new RegExp(`^${escaped.join('')}$`, 's'), names: pieces.filter((_, index) => index % 2), text }
    })
  made.set(all, now)
  return now
}
