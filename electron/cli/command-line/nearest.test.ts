import { expect, test } from 'vitest'
import { nearest, slipsBetween } from './nearest.ts'

test.each([
  ['--verison', '--version'],
  ['--versoin', '--version'],
  ['--hlep', '--help'],
  ['sesions', 'sessions'],
  ['profile', 'profiles'],
  ['dcotor', 'doctor'],
  ['agent-p', 'agent-ps'],
  ['nope', undefined],
  ['x', undefined],
])('%s was perhaps %s', (wanted, meant) => {
  expect(nearest(wanted, ['--version', '--help', 'sessions', 'profiles', 'doctor', 'agent-ps'])).toBe(meant)
})

test('slips are letters that differ, are missing, too many or changed places', () => {
  expect([
    slipsBetween('abc', 'abc'),
    slipsBetween('abc', 'acb'),
    slipsBetween('abcd', 'abx'),
    slipsBetween('a', 'abcd'),
  ]).toEqual([0, 1, 2, Number.POSITIVE_INFINITY])
})
