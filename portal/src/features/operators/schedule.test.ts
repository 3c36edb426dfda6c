import { expect, test } from 'vitest'

import {
  another,
  draftOf,
  inShort,
  onShift,
  scheduleOf,
  sound,
  typedTime,
  weekly,
  WEEKDAYS,
  wrong,
  type Schedule,
} from './schedule'

const BERLIN: Schedule = {
  timezone: 'Europe/Berlin',
  hours: {
    monday: [
      ['09:00', '12:00'],
      ['13:00', '17:00'],
    ],
    friday: [['22:00', '06:00']],
  },
  holidays: ['2026-12-25'],
}

test('times are understood as people type them', () => {
  const typed = {
    '9': '09:00',
    '930': '09:30',
    '9.30': '09:30',
    '9:30 pm': '21:30',
    '12am': '00:00',
    '24': '24:00',
    '17h15': '17:15',
  }
  for (const [text, time] of Object.entries(typed)) expect(typedTime(text)).toBe(time)
  for (const text of ['', 'noon', '9:3', '25', '24:30', '9:75', '13pm']) expect(typedTime(text)).toBeNull()
})

test('what is read and written again stays as it was', () => {
  expect(scheduleOf(draftOf(BERLIN, 'UTC'))).toEqual(BERLIN)
  expect(scheduleOf(draftOf({}, 'UTC'))).toEqual({})
  const holidays = { timezone: 'UTC', hours: {}, holidays: ['2026-12-25'] }
  expect(scheduleOf(draftOf(holidays, 'Asia/Tokyo'))).toEqual(holidays)
})

test('each stretch of a day is checked against those before it', () => {
  const of = (...spans: [string, string][]) => wrong(spans, spans.length - 1)
  expect(of(['09:00', '17:00'])).toBeNull()
  expect(of(['09:00', '12:00'], ['12:00', '13:00'])).toBeNull()
  expect(of(['09:00', '12:00'], ['11:59', '13:00'])).toBe('overlaps')
  expect(of(['22:00', '06:00'], ['23:00', '23:30'])).toBe('overlaps')
  expect(of(['09:00', '09:00'])).toBe('same')
  expect(of(['24:00', '06:00'])).toBe('begins')
  expect(of(['nine', '17:00'])).toBe('time')
})

test('hours without an hour are nothing that the API takes', () => {
  const draft = { ...draftOf({}, 'UTC'), kind: 'hours' as const }
  expect(sound(draft)).toBe(true)
  expect(weekly(draft.days)).toBe(40 * 60)
  const free = Object.fromEntries(WEEKDAYS.map((one) => [one, []])) as unknown as typeof draft.days
  expect(sound({ ...draft, days: free })).toBe(false)
})

test('another stretch begins an hour after the last one, as long as the day lasts', () => {
  expect(another([])).toEqual(['09:00', '17:00'])
  expect(another([['09:00', '12:00']])).toEqual(['13:00', '17:00'])
  expect(another([['09:00', '20:00']])).toEqual(['21:00', '24:00'])
  expect(another([['22:00', '06:00']])).toBeNull()
})

test('days in a row with the same hours are one', () => {
  const same: [string, string][] = [['09:00', '17:00']]
  const week: Schedule = { hours: { monday: same, tuesday: same, thursday: same, friday: [['09:00', '12:00']] } }
  expect(inShort(week).map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [3, 3],
    [4, 4],
  ])
})

test('who is on shift is counted in his own zone, over midnight, without holidays', () => {
  const at = (when: string) => onShift(BERLIN, new Date(when))
  expect(at('2026-11-30T08:00:00Z')).toBe(true) // Monday, 09:00 there
  expect(at('2026-11-30T11:30:00Z')).toBe(false)
  expect(at('2026-11-30T16:00:00Z')).toBe(false)
  expect(at('2026-11-28T04:59:00Z')).toBe(true) // Friday's night
  expect(at('2026-11-28T05:00:00Z')).toBe(false)
  expect(at('2026-12-25T22:00:00Z')).toBe(false) // the holiday is a Friday
  expect(onShift({}, new Date())).toBe(true)
  expect(onShift({ timezone: 'UTC', holidays: ['2026-12-25'] }, new Date('2026-12-25T10:00:00Z'))).toBe(false)
})
