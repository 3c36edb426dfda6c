/** Times as people read them, in the page's language and the browser's zone. */
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The page's language as it is spoken where the reader is: `en` as `en-GB`, if the browser says so. */
export function spoken(language: string): string {
  return navigator.languages?.find((one) => one.startsWith(`${language}-`)) ?? language
}

function formatter(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  const found = formatters.get(key) ?? new Intl.DateTimeFormat(spoken(language), options)
  formatters.set(key, found)
  return found
}
const formatters = new Map<string, Intl.DateTimeFormat>()

export function clock(at: string | Date, language: string): string {
  return formatter(language, { hour: '2-digit', minute: '2-digit' }).format(new Date(at))
}

export function full(at: string | Date, language: string): string {
  return formatter(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))
}

/** The time, and the day unless it is today; the year only if it is another one. */
export function brief(at: string | Date, language: string, now = new Date()): string {
  const then = new Date(at)
  if (midnight(then) === midnight(now)) return clock(then, language)
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric'
  return formatter(language, { year, month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(then)
}

export function date(at: string | Date, language: string): string {
  return formatter(language, { dateStyle: 'medium' }).format(new Date(at))
}

/** Short age for lists: `now`, `5 min`, `3 h`, `2 d`. */
export function age(at: string | Date, language: string, now = Date.now()): string {
  const passed = Math.max(0, now - new Date(at).getTime())
  if (passed < MINUTE) return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second')
  const [unit, size] =
    passed < HOUR ? (['minute', MINUTE] as const) : passed < DAY ? (['hour', HOUR] as const) : (['day', DAY] as const)
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.floor(passed / size),
  )
}

/** The day as a line between messages: today, yesterday, or the date. */
export function day(at: string | Date, language: string, now = new Date()): string {
  const then = new Date(at)
  const days = Math.round((midnight(now) - midnight(then)) / DAY)
  if (days === 0 || days === 1)
    return capital(new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day'))
  return formatter(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(then)
}

/** Hours and minutes, for countdowns. */
export function remaining(ms: number): { hours: number; minutes: number } {
  const minutes = Math.max(0, Math.ceil(ms / MINUTE))
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime()
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
