import { inWords } from './language'

const COMMON =
  'ar bg cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sr sv th tr uk vi zh'.split(
    ' ',
  )

/** Languages to choose from, by their names in the page's one; `own` is among them. */
export function languages(page: string, own: string): { value: string; label: string }[] {
  return [...new Set([...COMMON, own])]
    .filter(Boolean)
    .map((value) => ({ value, label: inWords(value, page) }))
    .sort((a, b) => a.label.localeCompare(b.label, page))
}
