import { expect, test } from 'vitest'
import { failure } from '#shared/failure.ts'
import { TurnId } from '#shared/ids.ts'
import type { SessionEvent, UnstampedEvent } from '#shared/session/session-event.ts'
import { type JsonLine, jsonLine, RunRecord } from './run-record.ts'

const turnId = TurnId.parse('turn000001')
const run = { sessionId: 'abcdefghij', profile: 'gpu', model: 'm', cwd: '/project' }
const reported = { cachedInputTokens: null, reasoningTokens: null, costMicroUsd: 30, source: 'reported' } as const

function lines(...events: UnstampedEvent[]): JsonLine[] {
  const record = new RunRecord()
  return events.flatMap((unstamped, index) => {
    const event = { ...unstamped, seq: index + 5, at: index + 100 } as SessionEvent
    record.apply(event)
    return jsonLine(event, run, () => record.totals()) ?? []
  })
}

test('a run is told line by line, with what it came to at the end', () => {
  expect(
    lines(
      { type: 'turn-start', turnId, text: 'Look.', facts: '' },
      { type: 'model-call-start', model: 'm' },
      { type: 'phase', phase: 'connecting' },
      { type: 'reasoning-delta', text: 'Hm.' },
      { type: 'text-delta', text: 'I look.' },
      { type: 'model-call-end', finish: 'tool_calls', toolCalls: [] },
      { type: 'usage', usage: { inputTokens: 10, outputTokens: 5, ...reported } },
      {
        type: 'tool-start',
        callId: 'c',
        name: 'read_file',
        arguments: '{"path":"a"}',
        recovered: false,
        verb: 'Read',
        target: 'a',
      },
      { type: 'tool-end', callId: 'c', outcome: 'failed', output: 'Error: no.', summary: 'not found', durationMs: 1 },
      { type: 'warning', code: 'answer-cut', message: 'Cut.' },
      { type: 'model-call-start', model: 'm' },
      { type: 'text-delta', text: 'Do' },
      { type: 'text-delta', text: 'ne.' },
      { type: 'usage', usage: { inputTokens: 20, outputTokens: 6, ...reported } },
      { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null },
    ),
  ).toEqual([
    { type: 'run-start', seq: 5, at: 100, runId: turnId, ...run },
    { type: 'reasoning-delta', seq: 8, at: 103, text: 'Hm.' },
    { type: 'text-delta', seq: 9, at: 104, text: 'I look.' },
    { type: 'usage', seq: 11, at: 106, inputTokens: 10, outputTokens: 5, ...reported },
    {
      type: 'tool-start',
      seq: 12,
      at: 107,
      callId: 'c',
      name: 'read_file',
      arguments: '{"path":"a"}',
      recovered: false,
    },
    { type: 'tool-end', seq: 13, at: 108, callId: 'c', ok: false, output: 'Error: no.' },
    { type: 'warning', seq: 14, at: 109, code: 'answer-cut', message: 'Cut.' },
    { type: 'text-delta', seq: 16, at: 111, text: 'Do' },
    { type: 'text-delta', seq: 17, at: 112, text: 'ne.' },
    { type: 'usage', seq: 18, at: 113, inputTokens: 20, outputTokens: 6, ...reported },
    {
      type: 'run-end',
      seq: 19,
      at: 114,
      reason: 'completed',
      exitCode: 0,
      finalText: 'Done.',
      turns: 2,
      modelCalls: 2,
      toolCalls: 1,
      verify: null,
      usage: { inputTokens: 30, outputTokens: 11, ...reported, costMicroUsd: 60 },
      budget: null,
      failure: null,
    },
  ])
})

test('a summary of earlier messages is a call of the model and no step, and its words are not the answer', () => {
  const end = lines(
    { type: 'turn-start', turnId, text: 'x', facts: '' },
    { type: 'model-call-start', model: 'm' },
    { type: 'text-delta', text: 'Begun' },
    { type: 'model-call-start', model: 'm', purpose: 'summary' },
    { type: 'usage', usage: { inputTokens: 10, outputTokens: 5, ...reported } },
    { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null },
  ).at(-1)
  expect([end?.finalText, end?.turns, end?.modelCalls]).toEqual(['Begun', 1, 2])
})

test('the end names the limit in the unit of its name, and a failure without its details', () => {
  const [, budget] = lines(
    { type: 'turn-start', turnId, text: 'x', facts: '' },
    {
      type: 'turn-end',
      turnId,
      reason: 'budget',
      failure: null,
      budget: { limit: 'costUsd', allowed: 500_000, used: 510_000 },
    },
  )
  const [failed] = lines({
    type: 'turn-end',
    turnId,
    reason: 'failed',
    failure: failure('rate-limit', 'Wait.', { retryable: true, retryAfterMs: 2000, details: { status: 429 } }),
    budget: null,
  })
  const nothing = {
    finalText: '',
    turns: 0,
    modelCalls: 0,
    toolCalls: 0,
    verify: null,
    usage: {
      inputTokens: null,
      outputTokens: null,
      cachedInputTokens: null,
      reasoningTokens: null,
      costMicroUsd: null,
      source: 'unknown',
    },
  }
  expect([budget, failed]).toEqual([
    {
      type: 'run-end',
      seq: 6,
      at: 101,
      reason: 'budget',
      exitCode: 3,
      ...nothing,
      budget: { limit: 'costUsd', allowed: 0.5, used: 0.51 },
      failure: null,
    },
    {
      type: 'run-end',
      seq: 5,
      at: 100,
      reason: 'failed',
      exitCode: 1,
      ...nothing,
      budget: null,
      failure: { code: 'rate-limit', message: 'Wait.', retryable: true, retryAfterMs: 2000 },
    },
  ])
})
