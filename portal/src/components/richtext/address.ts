const SCHEME = /^[a-z][a-z0-9+.-]*:/i
const ALLOWED = /^(https?:\/\/|mailto:|tel:)\S+$/i
const MAIL = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/

/** What somebody typed as a link's address, made whole; empty if it is none that a mail should have. */
export function address(typed: string): string {
  const given = typed.trim()
  const whole = MAIL.test(given) ? `mailto:${given}` : SCHEME.test(given) ? given : `https://${given}`
  if (!ALLOWED.test(whole)) return ''
  if (!/^https?:/i.test(whole)) return whole
  return URL.canParse(whole) && /[.:]|^localhost$/.test(new URL(whole).hostname) ? whole : ''
}
