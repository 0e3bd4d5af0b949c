import { expect, test } from 'vitest'
import { ProfileId } from '#shared/ids.ts'
import type { LimitName, Standing } from '#shared/limits/budget.ts'
import { noSpending } from '#shared/spending/no-spending.ts'
import { todayLine } from './today-line.ts'

function limit(name: LimitName, allowed: number, used: number, profile: string | null = null): Standing {
  const profileId = profile === null ? null : ProfileId.parse(profile)
  return { name, allowed, scope: 'day', profileId, setBy: { kind: 'settings', profileId }, used }
}

test.each([
  ['nothing', {}, [], null],
  ['money', { reportedMicroUsd: 3_000_000, estimatedMicroUsd: 180_000 }, [], 'Today $3.18'],
  ['tokens of a free server', { inputTokens: 600_000, outputTokens: 12_000 }, [], 'Today 612,000 tokens'],
  ['money of a limit', {}, [limit('costUsd', 10_000_000, 3_180_000)], 'Today $3.18 of $10.00'],
  ['tokens of a limit', {}, [limit('totalTokens', 1_000_000, 612_000)], 'Today 612,000 of 1,000,000 tokens'],
  ['a limit of one backend only', {}, [limit('costUsd', 10_000_000, 3_180_000, 'openrouter')], null],
])('today is said in a line: %s', (_what, today, limits, line) => {
  expect(todayLine({ today: { ...noSpending(), ...today }, limits })).toBe(line)
})
