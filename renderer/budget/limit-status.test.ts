import { expect, test } from 'vitest'
import { ProfileId } from '#shared/ids.ts'
import type { BudgetScope, LimitName, Standing } from '#shared/limits/budget.ts'
import { editHint, groupLimits, groupName, groupUse, groupValue } from './limit-status.ts'

function status(
  scope: BudgetScope,
  limit: LimitName,
  allowed: number,
  used: number | null,
  profile: string | null = null,
): Standing {
  const profileId = profile === null ? null : ProfileId.parse(profile)
  return { name: limit, allowed, scope, profileId, setBy: { kind: 'settings', profileId }, used }
}

test('limits are rows by scope and profile, each said as a person would', () => {
  const groups = groupLimits([
    status('background-run', 'wallTime', 7_200_000, null),
    status('day', 'costUsd', 5_000_000, 2_430_000, 'openrouter'),
    status('background-run', 'totalTokens', 1_000_000, null),
    status('session', 'totalTokens', 400_000, null),
    status('month', 'costUsd', 60_000_000, 51_770_000),
    status('day', 'totalTokens', 5_000_000, 1_840_000),
    status('day', 'costUsd', 10_000_000, 3_180_000),
  ])
  expect(groups.map((group) => [groupName(group, 'OpenRouter'), groupUse(group), groupValue(group)])).toEqual([
    ['A day, everything', '$3.18 · 1.84 M tokens used', '$10.00 · 5 M'],
    ['A month, everything', '$51.77 used', '$60.00'],
    ['A day, OpenRouter', '$2.43 used', '$5.00'],
    ['One session', 'tokens', '400k'],
    ['One background run', 'tokens · wall time', '1 M · 2 h'],
  ])
})

test('the hint compares what is typed with what is used', () => {
  const month = status('month', 'costUsd', 60_000_000, 51_770_000)
  expect([60_000_000, 100_000_000, 50_000_000].map((value) => editHint(month, value))).toEqual([
    { text: '$51.77 used, $8.23 left', tone: 'warn' },
    { text: '$51.77 used, $48.23 left', tone: 'calm' },
    { text: '$51.77 used: it is reached at once', tone: 'danger' },
  ])
  expect(editHint(status('session', 'totalTokens', 400_000, null), 5)).toEqual({ text: 'tokens', tone: 'calm' })
})
