/** Characters of a document, as the runtime counts them. */
export const LONGEST = 50_000
const LONG_NAME = 96
const FORBIDDEN = /[/\\#?%\p{Cc}]/gu

export type Wrong = 'name' | 'empty' | 'long'

/** What a document may be called: `opening hours.md`. Empty: nothing of it can be a name. */
export function nameOf(typed: string): string {
  const stem = typed
    .normalize('NFC')
    .replace(/\.(md|markdown|txt|text)$/i, '')
    .replace(FORBIDDEN, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+/, '')
    .trim()
  const cut = [...stem].slice(0, LONG_NAME).join('').trim()
  return cut ? `${cut}.md` : ''
}

/** Why it cannot be written; null: it can. */
export function wrong(name: string, text: string): Wrong | null {
  if (!name) return 'name'
  if (!text.trim()) return 'empty'
  return [...text].length > LONGEST ? 'long' : null
}

/** Words of a file; null: it is none of words. */
export async function wordsOf(file: Blob): Promise<string | null> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer())
    return text.includes('\0') ? null : text.replace(/\r\n?/g, '\n')
  } catch {
    return null
  }
}
