import type { Schemas } from '@/lib/api'

export type Template = Schemas['TemplateView']
export type Values = Record<string, string>

/** Of a template's preview: words, or the gap of a variable. */
export type Part = { words: string } | { key: string; value: string }

const GAP = /{{([^{}]+)}}/

/** The template's words with what stands in its gaps so far. */
export function parts({ preview, variables }: Template, values: Values): Part[] {
  const known = new Set(variables.map((one) => one.key))
  return preview
    .split(GAP)
    .map((part, index): Part => {
      if (index % 2 === 0) return { words: part }
      return known.has(part) ? { key: part, value: values[part] ?? '' } : { words: `{{${part}}}` }
    })
    .filter((part) => !('words' in part) || part.words !== '')
}

/** Whether each variable that must have a value has one. */
export function isFilled({ variables }: Template, values: Values): boolean {
  return variables.every((one) => !one.required || Boolean(values[one.key]?.trim()))
}

/** Those that can be sent, in `language` first where it is given. */
export function usable(all: Template[], language = ''): Template[] {
  const [wanted = ''] = language.toLowerCase().split(/[-_]/)
  const rank = (one: Template) => (wanted && one.language.toLowerCase().startsWith(wanted) ? 0 : 1)
  return all
    .filter((one) => one.status === 'approved' && one.fillable)
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || a.language.localeCompare(b.language))
}
