import { ApiError } from './api'
import { said } from './said'

/** What the runtime wants mended, by the name of the field, such as `settings.imap.host`; empty: nothing of a form. */
export function refusedFields(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError) || !Array.isArray(error.facts.errors)) return {}
  const wrong = error.facts.errors as { field: string; message: string }[]
  return Object.fromEntries(wrong.map(({ field, message }) => [field, said(message)]))
}
