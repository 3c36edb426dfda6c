import i18next, { type TFunction } from 'i18next'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

import type { Catalogue } from './texts'

/** The namespace of what the runtime says. */
export const SAID = 'said'
/** English has none: there the runtime's own sentence is shown, so that there is one truth. */
export const saidTexts: Catalogue = { en: {}, de: () => import('@/texts/said/de') }

/** What the runtime says, in the page's language: by its code where that is translated, else as it said it. */
export type Said = (code: string, sentence: string, values?: Record<string, unknown>) => string

const by =
  (t: TFunction): Said =>
  (code, sentence, values) =>
    i18next.exists(code, { ns: SAID }) ? t(code, { ns: SAID, ...values }) : sentence

/** Outside of components; it says what the language is now. */
export const said: Said = (...given) => by(i18next.t)(...given)

/** In components; another function once the language is another. */
export function useSaid(): Said {
  const { t } = useTranslation(SAID)
  return useMemo(() => by(t), [t])
}
