import i18next from 'i18next'
import { initReactI18next, useTranslation } from 'react-i18next'

/** One flat file of texts; plurals are `key_one` and `key_other`. */
export type Texts = Record<string, string>
type Key<T> = {
  [K in keyof T & string]: K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K
}[keyof T & string]
export type Say<T extends Texts> = (key: Key<T>, values?: Record<string, unknown>) => string

type Loaded<T> = () => Promise<{ default: { [K in keyof T]: string } }>

/** Loaded when they are needed; texts that are needed at once stand there in English. */
export interface Catalogue<T extends Texts = Texts> {
  en: T | Loaded<T>
  de: Loaded<T>
}

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES
const KEPT = 'baton.language'
const RIGHT_TO_LEFT = /^(ar|fa|he|ur|yi|ckb|ps|sd|ug)\b/

export function direction(language: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.test(language) ? 'rtl' : 'ltr'
}

/** The hook that says a feature's texts: `const useSay = sayer<typeof en>('reports')`. */
export function sayer<T extends Texts>(name: string): () => Say<T> {
  return () => {
    const { t } = useTranslation(name)
    return (key, values) => t(key as string, values ?? {})
  }
}

/** The same outside of components; it says what the language is now. */
export function saying<T extends Texts>(name: string): Say<T> {
  return (key, values) => i18next.t(key as string, { ns: name, ...values })
}

function wanted(): Language {
  const kept = localStorage.getItem(KEPT) ?? navigator.language.slice(0, 2)
  return kept in LANGUAGES ? (kept as Language) : 'en'
}

let catalogues: Record<string, Catalogue> = {}
const opened = new Set<string>()

export async function startTexts(all: Record<string, Catalogue>): Promise<void> {
  catalogues = all
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  for (const [name, { en }] of Object.entries(all))
    if (typeof en === 'object') {
      i18next.addResourceBundle('en', name, en)
      opened.add(name)
    }
  await speak(wanted())
}

/** Has the texts of a feature there before one of its pages is shown. */
export async function openTexts(name: string): Promise<void> {
  opened.add(name)
  await load(name, i18next.language as Language)
}

async function load(name: string, language: Language): Promise<void> {
  const found = catalogues[name]?.[language]
  if (typeof found !== 'function' || i18next.hasResourceBundle(language, name)) return
  i18next.addResourceBundle(language, name, (await found()).default)
}

/** Change the language of the page, and keep it. */
export async function speak(language: Language): Promise<void> {
  await Promise.all([...opened].map((name) => load(name, language)))
  await i18next.changeLanguage(language)
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language
  document.documentElement.dir = direction(language)
}
