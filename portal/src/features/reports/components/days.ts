import { useTranslation } from 'react-i18next'

import { spoken } from '@/lib/time'

/** How the days of a row read: `9 Nov`, `9 – 15 Nov`. They are days of the report's zone, whatever it is. */
export function useDays(): (row: { first: string; last: string }) => string {
  const { i18n } = useTranslation()
  const form = new Intl.DateTimeFormat(spoken(i18n.language), { timeZone: 'UTC', day: 'numeric', month: 'short' })
  return ({ first, last }) => form.formatRange(new Date(`${first}T00:00Z`), new Date(`${last}T00:00Z`))
}
