import { expect, test } from 'vitest'
import { readRaise, stopFacts, stopTitle } from './budget-stop.ts'

const tokens = {
  limit: 'totalTokens',
  allowed: 400_000,
  used: 400_112,
  scope: 'session',
  origin: 'Settings: a session',
  top: [
    { label: 'model call 3, qwen3-coder', tokens: 88_000, costMicroUsd: null },
    { label: 'model call 1, qwen3-coder', tokens: 61_000, costMicroUsd: null },
  ],
} as const
const money = {
  limit: 'costUsd',
  allowed: 2_000_000,
  used: 1_950_000,
  needs: 120_000,
  scope: 'day',
  top: [{ label: 'model call 1, glm-4.6', tokens: 5_000, costMicroUsd: 1_500_000 }],
} as const
const cents = { limit: 'costUsd', allowed: 8_099, used: 8_120, scope: 'run' } as const
const oneCall = { limit: 'toolCalls', allowed: 1, used: 1, scope: 'run' } as const
const old = { limit: 'wallTime', allowed: 60_000, used: 60_400 } as const

test('a limit that is reached says which, how much, who set it, and what it went into', () => {
  const stops = [{ ...tokens, top: [...tokens.top] }, { ...money, top: [...money.top] }, cents, oneCall, old]
  expect(
    stops.map((stop) => [stopTitle(stop), ...stopFacts(stop).map(({ name, text }) => `${name}: ${text}`)]),
  ).toEqual([
    [
      'tokens of this session',
      'Used: 400,112 of 400,000 tokens',
      'Set on: Budgets: a session',
      'Most of this turn: model call 3, qwen3-coder: 88k tokens · model call 1, qwen3-coder: 61k tokens',
    ],
    [
      'cost of today',
      'Used: $1.95 of $2.00; the next step needs $0.12 more',
      'Most of this turn: model call 1, glm-4.6: $1.50',
    ],
    ['cost of this run', 'Used: $0.00812 of $0.008099'],
    ['tool calls of this run', 'Used: 1 of 1 tool call'],
    ['wall time', 'Used: 1 min of 1 min'],
  ])
})

test('a limit is raised to more than is used and needed', () => {
  const read = (text: string) => readRaise({ ...tokens, top: [] }, text)
  expect([
    read('600k'),
    read('400k'),
    read('much'),
    readRaise({ ...money, top: [] }, '2.05'),
    readRaise({ ...money, top: [] }, '2.07'),
    readRaise({ ...money, top: [] }, '$3'),
  ]).toEqual([
    { ok: true, value: 600_000 },
    { ok: false, problem: '400,112 tokens used already: write more than 400,112.' },
    { ok: false, problem: 'This is no number of tokens. Write a number such as 400k or 1.5 M.' },
    { ok: false, problem: 'The next step needs more: write at least $2.07.' },
    { ok: true, value: 2_070_000 },
    { ok: true, value: 3_000_000 },
  ])
})
