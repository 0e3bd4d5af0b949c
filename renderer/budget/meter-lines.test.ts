import { expect, test } from 'vitest'
import { ProfileId } from '#shared/ids.ts'
import type { BudgetScope, LimitName, Standing } from '#shared/limits/budget.ts'
import { noSpending } from '#shared/spending/no-spending.ts'
import { noUsage } from '#shared/spending/usage-totals.ts'
import { spending } from '../../test-support/spending-samples.ts'
import { sessionLine, todayLine } from './meter-lines.ts'
import type { Use } from './session-limits.ts'

function status(scope: BudgetScope, limit: LimitName, allowed: number, profile: string | null = null): Standing {
  const profileId = profile === null ? null : ProfileId.parse(profile)
  return { name: limit, allowed, scope, profileId, setBy: { kind: 'settings', profileId }, used: 0 }
}

test('today is compared with the limit of a day, its estimated part told apart', () => {
  const today = spending({ reportedMicroUsd: 2_910_000, estimatedMicroUsd: 270_000 })
  expect(
    todayLine({ today, limits: [status('day', 'totalTokens', 5_000_000), status('day', 'costUsd', 10_000_000)] }),
  ).toEqual({
    value: '$3.18',
    rest: 'of $10',
    meter: { text: '$3.18 of $10.00', share: 0.318, estimated: 0.027 },
  })
  const unknown = todayLine({
    today: spending({ reportedMicroUsd: 3_180_000, unknownCalls: 4 }),
    limits: [status('day', 'costUsd', 10_000_000)],
  })
  expect([unknown.value, unknown.meter?.text]).toEqual([
    '$3.18 + unknown',
    '$3.18 of $10.00, and 4 calls of unknown cost',
  ])
})

test('without a limit of money tokens are compared, and without any there is no meter', () => {
  const today = spending({ inputTokens: 1_710_000, outputTokens: 130_000, estimatedTokens: 500_000, freeCalls: 1 })
  expect([
    todayLine({ today, limits: [status('day', 'totalTokens', 5_000_000), status('day', 'costUsd', 1, 'openrouter')] }),
    todayLine({ today, limits: [] }),
    todayLine({ today: noSpending(), limits: [] }),
    todayLine({ today: spending({ unknownCalls: 1 }), limits: [] }),
    todayLine({ today: spending({ inputTokens: 28_000, freeCalls: 9, unknownCalls: 1 }), limits: [] }),
  ]).toEqual([
    {
      value: '1.84 M',
      rest: 'of 5 M tokens',
      meter: { text: '1,840,000 of 5,000,000 tokens', share: 0.368, estimated: 0.1 },
    },
    { value: '1.84 M tokens, free', rest: '', meter: null },
    { value: 'nothing yet', rest: '', meter: null },
    { value: 'not known', rest: '', meter: null },
    { value: '28k tokens, cost not known', rest: '', meter: null },
  ])
})

const used: Use = {
  usage: { ...noUsage, inputTokens: 80_000, outputTokens: 6_000, costMicroUsd: 1_500_000 },
  modelCalls: 4,
  toolCalls: 9,
  turns: 3,
  time: 90_000,
}

test('a session shows the limit that is nearest to its end', () => {
  const tokens = status('session', 'totalTokens', 400_000)
  const time = status('session', 'wallTime', 120_000)
  const estimated = { ...used, usage: { ...used.usage, source: 'estimated' as const } }
  expect([
    sessionLine([tokens], { session: used }),
    sessionLine([tokens, status('session', 'costUsd', 1_600_000)], { session: used })?.meter?.text,
    sessionLine([tokens, time], { session: used }),
    sessionLine([tokens, time], { session: { ...used, time: 10_000 } })?.limit,
    sessionLine([tokens], { session: estimated })?.meter?.estimated,
    sessionLine([time, status('session', 'toolCalls', 10)], { session: estimated })?.meter,
  ]).toEqual([
    {
      scope: 'session',
      limit: 'totalTokens',
      value: '86k',
      rest: 'of 400k tokens',
      meter: { text: '86,000 of 400,000 tokens', share: 0.215, estimated: 0 },
    },
    '$1.50 of $1.60',
    {
      scope: 'session',
      limit: 'wallTime',
      value: '1 min 30 s',
      rest: 'of 2 min',
      meter: { text: '1 min 30 s of 2 min', share: 0.75, estimated: 0 },
    },
    'totalTokens',
    0.215,
    { text: '9 of 10 tool calls', share: 0.9, estimated: 0 },
  ])
})

test('a limit of the run is shown while a run goes on, and says so', () => {
  const limits = [status('run', 'modelCalls', 5), status('background-run', 'toolCalls', 1)]
  expect([
    sessionLine(limits, { session: used }),
    sessionLine(limits, { session: used, run: used }),
    // How many tools a whole background run used is not known here.
    sessionLine(limits, { session: used, 'background-run': { ...used, toolCalls: null } }),
  ]).toEqual([
    null,
    {
      scope: 'run',
      limit: 'modelCalls',
      value: '4',
      rest: 'of 5 model calls, this run',
      meter: { text: '4 of 5 model calls, this run', share: 0.8, estimated: 0 },
    },
    null,
  ])
})
