import { expect, test } from 'vitest'
import { emptyReport, spending } from '../../test-support/spending-samples.ts'
import { columnsOf, type Measure } from './chart-data.ts'
import { forecast } from './forecast.ts'
import { daysOf } from './range.ts'

/** November with `perDay` micro-dollars and a thousand times as few tokens on each day up to `today`. */
function said(today: number, perDay: number, limit: number | null, measure: Measure = 'dollars'): string | null {
  const key = `2026-11-${String(today).padStart(2, '0')}`
  const report = {
    ...emptyReport('2026-11-01', '2026-11-30'),
    days: daysOf({ from: '2026-11-01', to: key }).map((day) => ({
      key: day,
      spending: spending({ reportedMicroUsd: perDay, inputTokens: perDay / 10 }),
    })),
  }
  const columns = columnsOf(report, 'month', measure, { day: key, hour: 12 })
  return forecast({ columns, measure, today: key, limit })
}

test('the pace says where the month ends, and when a limit is reached', () => {
  // $51.77 until the 19th.
  expect(said(19, 2_724_737, 60_000_000)).toBe(
    'At this pace the month ends at about $82. The limit of $60 is reached on 22 Nov.',
  )
  expect(said(19, 2_724_737, null)).toBe('At this pace the month ends at about $82.')
  expect(said(19, 2_724_737, 100_000_000)).toBe(
    'At this pace the month ends at about $82. That is within the limit of $100.',
  )
  expect(said(19, 2_724_737, 52_000_000)).toBe(
    'At this pace the month ends at about $82. The limit of $52 is reached today.',
  )
  expect(said(19, 2_724_737, 51_000_000)).toBe('At this pace the month ends at about $82. The limit of $51 is reached.')
})

test('small money keeps its cents, tokens their unit', () => {
  expect(said(10, 20_000, null)).toBe('At this pace the month ends at about $0.60.')
  expect(said(10, 2_000_000, null, 'tokens')).toBe('At this pace the month ends at about 6 M tokens.')
})

test('nothing is foretold without days to judge by, without use, or on the last day', () => {
  expect([said(2, 1_000_000, null), said(19, 0, null), said(30, 1_000_000, null)]).toEqual([null, null, null])
})
