import { expect, test } from 'vitest'
import { ProfileId, TurnId } from '#shared/ids.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { Usage } from '#shared/spending/usage.ts'
import { sampleSessionStart } from '../../../test-support/sample-session-start.ts'
import { CountsByProfile, noCounts } from '../budget/counts.ts'
import { NewestTurn, type OpenTurn } from './open-turn.ts'

const use = (id: string) =>
  ({ profileId: ProfileId.parse(id), profileName: id, kind: 'vllm', model: `${id}-model` }) as const
const usage = (inputTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  outputTokens,
  cachedInputTokens: null,
  reasoningTokens: 3,
  costMicroUsd: 7,
  source: 'reported',
})
const toolEnd = (callId: string, outcome: 'done' | 'denied' | 'not-run'): UnstampedEvent => ({
  type: 'tool-end',
  callId,
  outcome,
  output: '',
  summary: '',
  durationMs: 0,
})
const call = (model: string, used: Usage, purpose?: 'summary'): UnstampedEvent[] => [
  { type: 'model-call-start', model, ...(purpose && { purpose }) },
  { type: 'usage', usage: used },
]
const stop = { limit: 'toolCalls', allowed: 1, used: 1, scope: 'run', origin: '--max-tool-calls' } as const
const turnId = TurnId.parse('turn000001')

const before: UnstampedEvent[] = [
  sampleSessionStart({ profile: use('one') }),
  { type: 'turn-start', turnId, text: 'Earlier.', facts: '' },
  ...call('one-model', usage(1000, 1000)),
  toolEnd('z', 'done'),
  { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null },
]
const open: UnstampedEvent[] = [
  { type: 'turn-start', turnId, text: 'Now.', facts: '', options: { limits: { toolCalls: 1 } } },
  ...call('one-model', usage(10, 1)),
  toolEnd('a', 'done'),
  toolEnd('b', 'denied'),
  toolEnd('c', 'not-run'),
  { type: 'budget-request', stop },
  { type: 'budget-answer', answer: { choice: 'raise', to: 5 } },
  ...call('one-model', usage(20, 2), 'summary'),
  { type: 'profile', profile: use('two') },
  ...call('two-model', usage(40, 4)),
]

function openTurnOf(entries: readonly SessionEntry[]): OpenTurn | null {
  const newest = new NewestTurn()
  for (const entry of entries) newest.apply(entry)
  return newest.open()
}

function stamped(events: readonly UnstampedEvent[]): SessionEntry[] {
  return events.map((event, index) => ({ ...event, seq: index, at: 100 * index }) as SessionEntry)
}

test('an open turn is what its journal says: how it is run, what it spent by profile, what it was given', () => {
  const turn = openTurnOf(stamped([...before, ...open]))
  const { counts, ...begun } = turn?.begun ?? { counts: new CountsByProfile() }
  const two = ProfileId.parse('two')
  expect([turn?.options, begun, counts.of(null), counts.of(two), counts.of(ProfileId.parse('other'))]).toEqual([
    { limits: { toolCalls: 1 } },
    {
      startedAt: 600,
      calls: [
        { label: 'model call 1, one-model', tokens: 11, costMicroUsd: 7 },
        { label: 'summary, one-model', tokens: 22, costMicroUsd: 7 },
        { label: 'model call 3, two-model', tokens: 44, costMicroUsd: 7 },
      ],
      raises: [{ stop, to: 5 }],
    },
    {
      ...noCounts(),
      inputTokens: 70,
      outputTokens: 7,
      reasoningTokens: 9,
      costUsd: 21,
      toolCalls: 2,
      modelCalls: 3,
      turns: 2,
    },
    { ...noCounts(), inputTokens: 40, outputTokens: 4, reasoningTokens: 3, costUsd: 7, modelCalls: 1, turns: 1 },
    noCounts(),
  ])
})

test('a turn that has an end is not open, nor is a session without one', () => {
  expect([openTurnOf(stamped(before)), openTurnOf(stamped(before.slice(0, 1)))]).toEqual([null, null])
})
