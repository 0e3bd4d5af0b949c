import { expect, test } from 'vitest'
import {
  folderName,
  formatCount,
  formatDollars,
  formatDuration,
  formatRoundDollars,
  formatTime,
  formatTimeLeft,
  formatWait,
  formatWhole,
  roughDuration,
} from './format.ts'

test('durations read as a person says them', () => {
  expect([400, 6_900, 14_200, 59_700, 72_000, 120_000, 3_840_000].map((time) => formatDuration(time))).toEqual([
    '0 s',
    '7 s',
    '14 s',
    '1 min',
    '1 min 12 s',
    '2 min',
    '1 h 4 min',
  ])
  expect([400, 6_940, 14_200].map((time) => formatDuration(time, true))).toEqual(['0.4 s', '6.9 s', '14 s'])
})

test('durations are told in the unit that people count in; what is left of a minute counts', () => {
  const MINUTE = 60_000
  const times = [0, 12_400, 7 * MINUTE + 5000, 120 * MINUTE, 125 * MINUTE]
  expect(times.map(roughDuration)).toEqual(['0 s', '12 s', '7 min', '2 h', '2 h 5 min'])
  expect([-5, 42_000, MINUTE, 29 * MINUTE + 1, 125 * MINUTE].map(formatTimeLeft)).toEqual([
    '0 s',
    '42 s',
    '1 min',
    '30 min',
    '2 h 5 min',
  ])
})

test('a wait counts in minutes and seconds', () => {
  expect([0, 42_900, 725_000].map(formatWait)).toEqual(['0:00', '0:42', '12:05'])
})

test('counts are short from a thousand on', () => {
  const counts = [
    0, 999, 1_000, 9_840, 9_960, 86_400, 999_400, 999_600, 1_840_000, 38_600_000, 123_456_789, 2_000_000_000,
  ]
  expect(counts.map(formatCount)).toEqual([
    '0',
    '999',
    '1k',
    '9.8k',
    '10k',
    '86k',
    '999k',
    '1.00 M',
    '1.84 M',
    '38.6 M',
    '123 M',
    '2.00 B',
  ])
  expect([9_994_000, 9_996_000, 99_960_000, 999_600_000].map(formatCount)).toEqual([
    '9.99 M',
    '10.0 M',
    '100 M',
    '1.00 B',
  ])
  expect(formatWhole(400_112)).toBe('400,112')
})

test('money has cents, and more places only where there are less than ten', () => {
  const amounts = [0, 1_000_000, 51_770_000, 1_234_567_890_000, 270_150, 999_999, 99_600, 12_300, 1_234, 465, 46, 1]
  expect(amounts.map(formatDollars)).toEqual([
    '$0.00',
    '$1.00',
    '$51.77',
    '$1,234,567.89',
    '$0.27',
    '$1.00',
    '$0.10',
    '$0.0123',
    '$0.0012',
    '$0.00047',
    '$0.000046',
    '$0.000001',
  ])
  expect([10_000_000, 2_500_000, 500_000].map(formatRoundDollars)).toEqual(['$10', '$2.50', '$0.50'])
})

test('a time names its day when it was not today', () => {
  const now = new Date(2026, 10, 24, 15, 0).getTime()
  const times = [new Date(2026, 10, 24, 14, 31), new Date(2026, 10, 22, 9, 5), new Date(2026, 10, 1, 9, 5)]
  expect(times.map((time) => formatTime(time.getTime(), now))).toEqual(['14:31', 'Sun 09:05', '1 Nov 09:05'])
})

test('a folder is called by its last part', () => {
  expect(['/home/me/parcel-api', '/home/me/parcel-api/', 'C:\\work\\atlas', '/'].map(folderName)).toEqual([
    'parcel-api',
    'parcel-api',
    'atlas',
    '/',
  ])
})
