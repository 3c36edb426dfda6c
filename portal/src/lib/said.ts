import i18next from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { Catalogue, Texts } from './texts'

type Said = (sentence: string, code?: string) => string
type LookUp = (all: Texts, sentence: string, code: string) => string

/** The namespace of what the runtime says. */
export const SAID = 'said'
let lookUp: LookUp | undefined
/** English has none: there the runtime's own sentence is shown, so that there is one truth. */
export const saidTexts: Catalogue = {
  en: {},
  de: async () => {
    ;({ lookUp } = await import('./lookUp'))
    return import('@/texts/said/de')
  },
}

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
  const all = i18next.getResourceBundle(language, SAID) as Texts | undefined
  return (sentence, code = '') => (all && lookUp ? lookUp(all, sentence, code) : sentence)
}
