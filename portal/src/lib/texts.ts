import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'

/** One flat file of texts; plurals are `key_one` and `key_other`. */
export type Texts = Record<string, string>
type Key<T> = {
  [K in keyof T & string]: K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K
}[keyof T & string]
export type Say<T extends Texts> = (key: Key<T>, values?: Record<string, unknown>) => string

/** English comes with the page; the others are loaded when somebody chooses them. */
export interface Catalogue<T extends Texts = Texts> {
  en: T
  de: () => Promise<{ default: { [K in keyof T]: string } }>
}

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES
const KEPT = 'baton.language'
const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi|ckb|ps|sd|ug)\b/

export function direction(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.test(language) ? 'rtl' : 'ltr'
}

/** The hook that says a feature's texts: `const useSay = sayer('reports', en)`. */
export function sayer<T extends Texts>(name: string, _texts: T): () => Say<T> {
  return () => {
    const { t } = useTranslation(name)
    return (key, values) => t(key as string, values ?? {})
  }
}

/** The same outside of components; it says what the language is now. */
export function saying<T extends Texts>(name: string, _texts: T): Say<T> {
  return (key, values) => i18next.t(key as string, { ns: name, ...values })
}

function wanted(): Language {
  const kept = localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2)
  return kept in LANGUAGES ? (kept as Language) : 'en'
}

let catalogues: Record<string, Catalogue> = {}

export async function startTexts(all: Record<string, Catalogue>): Promise<void> {
  catalogues = all
  const en = Object.fromEntries(Object.entries(all).map(([name, one]) => [name, one.en]))
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en },
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  await speak(wanted())
}

/** Change the language of the page, and keep it. */
export async function speak(language: Language): Promise<void> {
  if (language !== 'en') {
    await Promise.all(
      Object.entries(catalogues).map(async ([name, one]) => {
        const { default: texts } = await one[language]()
        i18next.addResourceBundle(language, name, texts)
      }),
    )
  }
  await i18next.changeLanguage(language)
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language
  document.documentElement.dir = direction(language)
}
