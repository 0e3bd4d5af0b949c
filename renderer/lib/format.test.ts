import { expect, test } from 'vitest'
import { folderName, formatCount, formatDuration, formatTime, formatWait } from './format.ts'

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

test('a wait counts in minutes and seconds', () => {
  expect([0, 42_900, 725_000].map(formatWait)).toEqual(['0:00', '0:42', '12:05'])
})

test('counts are short from a thousand on', () => {
  expect([0, 999, 1_000, 9_840, 86_400, 999_400, 999_600, 1_240_000].map(formatCount)).toEqual([
    '0',
    '999',
    '1k',
    '9.8k',
    '86k',
    '999k',
    '1M',
    '1.2M',
  ])
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
