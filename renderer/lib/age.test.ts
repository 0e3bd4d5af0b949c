import { expect, test } from 'vitest'
import { formatAge, spokenAge } from './age.ts'

/** Monday, three in the afternoon, in whatever zone the test runs. */
const now = new Date(2026, 10, 23, 15, 0, 0).getTime()

test('an age is said in as few letters as it needs', () => {
  const ages = [
    new Date(2026, 10, 23, 15, 0, 30), // the clock of another process may be ahead
    new Date(2026, 10, 23, 14, 59, 10),
    new Date(2026, 10, 23, 14, 59, 0),
    new Date(2026, 10, 23, 14, 42, 0),
    new Date(2026, 10, 23, 14, 0, 1),
    new Date(2026, 10, 23, 13, 0, 0),
    new Date(2026, 10, 23, 0, 1, 0),
    new Date(2026, 10, 22, 23, 59, 0),
    new Date(2026, 10, 17, 9, 0, 0),
    new Date(2026, 10, 16, 23, 0, 0),
    new Date(2026, 0, 2, 9, 0, 0),
    new Date(2025, 10, 14, 9, 0, 0),
  ].map((at) => formatAge(now, at.getTime()))
  expect(ages).toEqual([
    'now',
    'now',
    '1 m',
    '18 m',
    '59 m',
    '2 h',
    '14 h',
    'Sun',
    'Tue',
    '16 Nov',
    '2 Jan',
    '14 Nov 2025',
  ])
})

test('shortly after midnight the evening before is still counted in hours', () => {
  const night = new Date(2026, 10, 23, 0, 30, 0).getTime()
  expect(formatAge(night, new Date(2026, 10, 22, 22, 0, 0).getTime())).toBe('2 h')
})

test('a reader hears minutes and hours in words', () => {
  const ages = [0, 60_000, 18 * 60_000, 3_600_000, 2 * 3_600_000, 30 * 24 * 3_600_000]
  expect(ages.map((age) => spokenAge(now, now - age))).toEqual([
    'just now',
    '1 minute ago',
    '18 minutes ago',
    '1 hour ago',
    '2 hours ago',
    '24 Oct',
  ])
})
