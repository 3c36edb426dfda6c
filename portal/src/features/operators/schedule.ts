import type { Schemas } from '@/lib/api'

/** When an operator is on shift. What the runtime makes of it: docs/operations.md. */
export type Schedule = Schemas['ScheduleView']
export type Span = [string, string]

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof WEEKDAYS)[number]
const DAY = 24 * 60
const MOST = 24
const USUAL: Span[] = [['09:00', '17:00']]

/** A schedule while it is written: hours are kept while somebody tries what *always* is like. */
export interface Draft {
  kind: 'always' | 'hours'
  timezone: string
  days: Record<Weekday, Span[]>
  holidays: string[]
}

export type Wrong = 'time' | 'begins' | 'same' | 'overlaps'

function hoursOf(schedule: Schedule, weekday: Weekday): Span[] {
  return (schedule.hours?.[weekday] ?? []).map(([start = '', end = '']) => [start, end])
}

/** Of a new one the hours are those that most people work. */
export function draftOf(schedule: Schedule, zone: string): Draft {
  const kind = WEEKDAYS.some((one) => hoursOf(schedule, one).length > 0) ? 'hours' : 'always'
  const usual = (one: Weekday) => (one === 'saturday' || one === 'sunday' ? [] : USUAL)
  return {
    kind,
    timezone: schedule.timezone ?? zone,
    days: eachDay((one) => (kind === 'hours' ? hoursOf(schedule, one) : usual(one))),
    holidays: schedule.holidays ?? [],
  }
}

/** What the API takes. */
export function scheduleOf({ kind, timezone, days, holidays }: Draft): Schedule {
  if (kind === 'always' && holidays.length === 0) return {}
  const worked = WEEKDAYS.filter((one) => days[one].length > 0)
  const hours = kind === 'hours' ? Object.fromEntries(worked.map((one) => [one, days[one]])) : {}
  return { timezone, hours, holidays: [...holidays].sort() }
}

export function sameSchedule(one: Schedule, other: Schedule): boolean {
  const told = (it: Schedule) => JSON.stringify(scheduleOf(draftOf(it, '')))
  return told(one) === told(other)
}

function eachDay(make: (weekday: Weekday) => Span[]): Record<Weekday, Span[]> {
  return Object.fromEntries(WEEKDAYS.map((one) => [one, make(one)])) as Record<Weekday, Span[]>
}

const TYPED = /^(\d{1,2})(?:[:.h ]?([0-5]\d)?)?\s*(am|pm)?$/i

/** A time as people type it (`9`, `930`, `9.30`, `5 pm`) as the API wants it; null: it is none. */
export function typedTime(text: string): string | null {
  const [, hours, minutes = '00', half] = TYPED.exec(text.trim()) ?? []
  if (hours === undefined) return null
  let hour = Number(hours)
  if (half && (hour < 1 || hour > 12)) return null
  if (half) hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)
  if (hour > 24 || (hour === 24 && minutes !== '00')) return null
  return `${String(hour).padStart(2, '0')}:${minutes}`
}

/** Minutes of a day; of what is no time, none. */
function minutes(time: string): number {
  const known = typedTime(time)
  return known ? Number(known.slice(0, 2)) * 60 + Number(known.slice(3)) : Number.NaN
}

function ends([start, end]: Span): number {
  const [from, to] = [minutes(start), minutes(end)]
  return to > from ? to : to + DAY
}

export function overnight([start, end]: Span): boolean {
  return minutes(end) > 0 && minutes(end) < minutes(start)
}

/** What is wrong with a stretch of its day; null: nothing. */
export function wrong(spans: Span[], index: number): Wrong | null {
  const span = spans[index]
  if (!span) return null
  const from = minutes(span[0])
  if (Number.isNaN(from) || Number.isNaN(minutes(span[1]))) return 'time'
  if (from === DAY) return 'begins'
  if (span[0] === span[1]) return 'same'
  const earlier = spans.slice(0, index)
  return earlier.some((one) => from < ends(one) && minutes(one[0]) < ends(span)) ? 'overlaps' : null
}

/** Whether the API would take it. */
export function sound(draft: Draft): boolean {
  if (draft.kind === 'always') return true
  const spans = WEEKDAYS.flatMap((one) => draft.days[one].map((_, index) => wrong(draft.days[one], index)))
  return spans.length > 0 && spans.every((one) => one === null)
}

/** Another stretch after the last one; null: the day is full. */
export function another(spans: Span[]): Span | null {
  const last = spans.at(-1)
  if (!last) return ['09:00', '17:00']
  const from = ends(last) + 60
  if (Number.isNaN(from) || from >= DAY || spans.length >= MOST) return null
  return [shown(from), shown(Math.min(from + 240, DAY))]
}

function shown(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}

/** Minutes a week. */
export function weekly(days: Draft['days']): number {
  const spans = WEEKDAYS.flatMap((one) => days[one])
  return spans.reduce((sum, one) => sum + ends(one) - minutes(one[0]), 0)
}

/** Stretches of weekdays that have the same hours, such as Monday to Friday. */
export interface Stretch {
  from: number
  to: number
  spans: Span[]
}

export function inShort(schedule: Schedule): Stretch[] {
  const found: Stretch[] = []
  WEEKDAYS.forEach((weekday, index) => {
    const spans = hoursOf(schedule, weekday)
    const last = found.at(-1)
    if (spans.length === 0) return
    if (last?.to === index - 1 && JSON.stringify(last.spans) === JSON.stringify(spans)) last.to = index
    else found.push({ from: index, to: index, spans })
  })
  return found
}

/** Whether somebody with this schedule works at this moment. */
export function onShift(schedule: Schedule, at: Date): boolean {
  const zone = schedule.timezone
  if (!zone) return true
  const always = inShort(schedule).length === 0
  const today = there(at, zone)
  const yesterday = there(new Date(`${today.day}T00:00:00Z`), 'UTC', -1)
  const worked = (day: { day: string; weekday: Weekday }) => {
    if (schedule.holidays?.includes(day.day)) return []
    return always ? [['00:00', '24:00'] as Span] : hoursOf(schedule, day.weekday)
  }
  return (
    worked(today).some((one) => minutes(one[0]) <= today.minute && today.minute < ends(one)) ||
    worked(yesterday).some((one) => today.minute + DAY < ends(one))
  )
}

function there(at: Date, zone: string, days = 0): { day: string; weekday: Weekday; minute: number } {
  const then = new Date(at.getTime() + days * DAY * 60_000)
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(then)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  const day = `${part('year')}-${part('month')}-${part('day')}`
  const weekday = WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'monday'
  return { day, weekday, minute: Number(part('hour')) * 60 + Number(part('minute')) }
}
