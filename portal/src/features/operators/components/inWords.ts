import type { Operator } from '@/lib/me'
import { spoken } from '@/lib/time'

import { inShort, onShift, WEEKDAYS, type Schedule, type Weekday } from '../schedule'
import { useSay } from '../texts'

const MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

export function weekday(day: Weekday | number, language: string, long: 'long' | 'short' = 'long'): string {
  const index = typeof day === 'number' ? day : WEEKDAYS.indexOf(day)
  return new Intl.DateTimeFormat(language, { weekday: long, timeZone: 'UTC' }).format(MONDAY + index * DAY_MS)
}

/** `Europe/Berlin` as `Berlin`. */
function city(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ')
}

/** A schedule in a few short lines. */
export function useShort(language: string): (schedule: Schedule) => string[] {
  const say = useSay()
  return (schedule) => {
    const off = schedule.holidays?.length ?? 0
    const stretches = inShort(schedule)
    if (stretches.length === 0) return [off ? say('alwaysBut', { count: off }) : say('always')]
    const days = (from: number, to: number) =>
      [from, to].map((one) => weekday(one, language, 'short')).join(to === from + 1 ? ', ' : '–')
    const lines = stretches.map(({ from, to, spans }) => {
      const hours = spans.map((span) => span.join('–')).join(', ')
      return `${from === to ? weekday(from, language, 'short') : days(from, to)} ${hours}`
    })
    const rest = []
    if (schedule.timezone && schedule.timezone !== ownZone()) rest.push(city(schedule.timezone))
    if (off) rest.push(say('holidays', { count: off }))
    return rest.length > 0 ? [...lines, rest.join(' · ')] : lines
  }
}

/** Whether he is on shift now; null: nobody knows. */
export function shiftOf({ schedule }: Operator): boolean | null {
  if (schedule === null) return false
  try {
    return onShift(schedule, new Date())
  } catch {
    return null // a time zone that this browser has never heard of
  }
}

export function timeThere(zone: string, language: string): string | null {
  try {
    return new Intl.DateTimeFormat(spoken(language), {
      timeZone: zone,
      weekday: 'long',
      hour: '2-digit',
      minute: '2-digit',
    }).format()
  } catch {
    return null
  }
}
