import { expect, test } from 'vitest'
import { addDays, daysOf, shortDay, spanOf, spanTitle, stepTo } from './range.ts'

test('a day, a week from Monday and a whole month, also where years and leap years meet', () => {
  expect([
    spanOf('day', '2026-11-26'),
    spanOf('week', '2026-11-26'),
    spanOf('week', '2026-11-29'),
    spanOf('week', '2026-11-23'),
    spanOf('month', '2026-11-26'),
    spanOf('week', '2027-01-01'),
    spanOf('month', '2028-02-10'),
    spanOf('month', '2026-12-31'),
  ]).toEqual([
    { from: '2026-11-26', to: '2026-11-26' },
    { from: '2026-11-23', to: '2026-11-29' },
    { from: '2026-11-23', to: '2026-11-29' },
    { from: '2026-11-23', to: '2026-11-29' },
    { from: '2026-11-01', to: '2026-11-30' },
    { from: '2026-12-28', to: '2027-01-03' },
    { from: '2028-02-01', to: '2028-02-29' },
    { from: '2026-12-01', to: '2026-12-31' },
  ])
})

test('a step goes into the span before or after', () => {
  expect([
    stepTo('day', '2026-03-01', -1),
    stepTo('week', '2026-11-26', 1),
    stepTo('month', '2026-03-31', -1),
    stepTo('month', '2026-01-31', 1),
  ]).toEqual(['2026-02-28', '2026-11-30', '2026-02-28', '2026-02-01'])
})

test('a span is called as a person would', () => {
  expect([
    spanTitle('day', spanOf('day', '2026-11-26')),
    spanTitle('week', spanOf('week', '2026-11-26')),
    spanTitle('week', spanOf('week', '2026-10-31')),
    spanTitle('week', spanOf('week', '2027-01-01')),
    spanTitle('month', spanOf('month', '2026-11-26')),
    shortDay('2026-11-12'),
  ]).toEqual([
    'Thu 26 November 2026',
    '23–29 November 2026',
    '26 October–1 November 2026',
    '28 December 2026–3 January 2027',
    'November 2026',
    'Thu 12 Nov',
  ])
})

test('days follow each other without a gap where clocks change', () => {
  expect(daysOf({ from: '2026-10-24', to: '2026-10-27' })).toEqual([
    '2026-10-24',
    '2026-10-25',
    '2026-10-26',
    '2026-10-27',
  ])
  expect(addDays('2026-03-29', 1)).toBe('2026-03-30')
})
