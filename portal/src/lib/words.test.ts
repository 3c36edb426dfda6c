import { expect, test } from 'vitest'

import { direction } from './texts'
import { age, brief, day, remaining } from './time'

test('days are named as people name them', () => {
  const now = new Date(2026, 10, 24, 0, 5)
  expect(day(new Date(2026, 10, 24, 0, 1), 'en', now)).toBe('Today')
  expect(day(new Date(2026, 10, 23, 23, 59), 'en', now)).toBe('Yesterday')
  expect(day(new Date(2026, 10, 20, 12), 'en', now)).toBe('Friday, November 20, 2026')
  expect(day(new Date(2026, 10, 23, 23, 59), 'de', now)).toBe('Gestern')
})

test('ages are short', () => {
  const now = Date.UTC(2026, 10, 24, 12)
  const ago = (seconds: number) => age(new Date(now - seconds * 1000), 'en', now)
  expect([ago(-5), ago(59), ago(60), ago(3 * 3600), ago(50 * 3600)]).toEqual(['now', 'now', '1 min', '3 hr', '2 days'])
})

test('what remains is rounded up, and never below nothing', () => {
  expect(remaining(90 * 60_000)).toEqual({ hours: 1, minutes: 30 })
  expect(remaining(1)).toEqual({ hours: 0, minutes: 1 })
  expect(remaining(-1)).toEqual({ hours: 0, minutes: 0 })
})

test('languages know their direction', () => {
  expect(['en', 'de', 'ar', 'he-IL', 'fa', 'arn'].map(direction)).toEqual(['ltr', 'ltr', 'rtl', 'rtl', 'rtl', 'ltr'])
})

test('a brief time says only what is not plain', () => {
  const now = new Date(2026, 10, 24, 12)
  expect(brief(new Date(2026, 10, 24, 9, 5), 'de', now)).toBe('09:05')
  expect(brief(new Date(2026, 10, 23, 9, 5), 'de', now)).toBe('23. Nov., 09:05')
  expect(brief(new Date(2025, 10, 23, 9, 5), 'de', now)).toBe('23. Nov. 2025, 09:05')
})
