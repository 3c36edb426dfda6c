import i18next from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { Catalogue, Texts } from './texts'

/** The namespace of what the runtime says. */
export const SAID = 'said'
/** English has none: there the runtime's own sentence is shown, so that there is one truth. */
export const saidTexts: Catalogue = { en: {}, de: () => import('@/texts/said/de') }

type Said = (sentence: string, code?: string) => string

/** What the runtime says, in the page's language: the sentence itself if it is translated, with its names in it
 * (`{{name}} has this conversation.`), else what its code means, else as it was said. Of several sentences each is
 * looked up, so that what a platform adds stays as it is.
 */
export const said: Said = (...given) => sayer(i18next.language)(...given)

/** In components: another function once the language is another. */
export function useSaid(): Said {
  const { i18n } = useTranslation(SAID)
  return useMemo(() => sayer(i18n.language), [i18n.language])
}

function sayer(language: string): Said {
  const all = (i18next.getResourceBundle(language, SAID) as Texts | undefined) ?? NONE
  return (sentence, code = '') =>
    found(all, sentence) ?? all[code]?.replaceAll('{{sentence}}', sentence) ?? parts(all, sentence)
}

const NONE: Texts = {}
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
