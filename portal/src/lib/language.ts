/** A language in words of the page's one, as far as the browser knows it; of no code, nothing. */
export function inWords(code: string, page: string): string {
  try {
    return code && (new Intl.DisplayNames(page, { type: 'language' }).of(code.replace('_', '-')) ?? code)
  } catch {
    return code
  }
}
