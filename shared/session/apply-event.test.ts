import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sampleSessionStart } from '../../test-support/sample-session-start.ts'
import { TurnId } from '../ids.ts'
import { noUsage } from '../spending/usage-totals.ts'
import { applyEvent, LONGEST_TEXT, viewFromEntries, viewFromStart } from './apply-event.ts'
import type { SessionEvent, UnstampedEvent } from './session-event.ts'
import { sessionState } from './session-state.ts'
import type { SessionView } from './session-view.ts'

const turnId = TurnId.parse('turn000001')
const start = sampleSessionStart()

function fold(...events: UnstampedEvent[]): SessionView {
  return events.reduce<SessionView>(
    (view, event, index) => applyEvent(view, { ...event, seq: index + 1, at: index + 1 } as SessionEvent),
    viewFromStart(start),
  )
}

const toolStart: UnstampedEvent = {
  type: 'tool-start',
  callId: 'c1',
  name: 'bash',
  arguments: '{"command":"ls"}',
  recovered: false,
  verb: 'Run',
  target: 'ls',
}
const request: UnstampedEvent = {
  type: 'approval-request',
  request: {
    callId: 'c1',
    tool: 'bash',
    purpose: 'to run a command',
    subject: { kind: 'command', command: 'ls' },
    facts: [],
    sessionRule: 'shell:ls',
    recovered: false,
  },
}

test('a session was last used when something happened in it, not when it got a name or other settings', () => {
  const turn: UnstampedEvent[] = [
    { type: 'turn-start', turnId, text: 'List it.', facts: '' },
    { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null },
  ]
  const settings: UnstampedEvent[] = [
    { type: 'title', title: 'Lists' },
    { type: 'permissions', permissions: { write: 'allow', shell: 'ask', sandbox: true } },
    { type: 'profile', profile: { ...start.profile, model: 'n' } },
    { type: 'verify', commands: ['npm test'] },
  ]
  expect(fold(...turn, ...settings)).toMatchObject({ seq: 6, updatedAt: 2, title: 'Lists', profile: { model: 'n' } })
})

test('a turn with thought, text, an allowed command and its end', () => {
  const view = fold(
    { type: 'turn-start', turnId, text: 'List it.', facts: '' },
    { type: 'reasoning-delta', text: 'Let ' },
    { type: 'reasoning-delta', text: 'me.' },
    { type: 'text-delta', text: 'I ' },
    { type: 'text-delta', text: 'list.' },
    toolStart,
    request,
    { type: 'approval-answer', callId: 'c1', answer: { decision: 'allow-once' } },
    { type: 'tool-output', callId: 'c1', text: 'a\n' },
    {
      type: 'tool-end',
      callId: 'c1',
      outcome: 'done',
      output: 'a\nb\n',
      summary: 'exit 0',
      durationMs: 5,
      exitCode: 0,
    },
    { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null },
  )
  expect({ turns: view.turns, activity: view.activity, approvals: view.approvals, state: sessionState(view) }).toEqual({
    turns: [
      {
        turnId,
        text: 'List it.',
        startedAt: 1,
        usage: noUsage,
        iterations: 0,
        toolCalls: 1,
        items: [
          { kind: 'reasoning', text: 'Let me.', startedAt: 2, endedAt: 4 },
          { kind: 'text', text: 'I list.' },
          {
            kind: 'tool',
            callId: 'c1',
            name: 'bash',
            verb: 'Run',
            target: 'ls',
            arguments: '{"command":"ls"}',
            recovered: false,
            state: 'done',
            startedAt: 8,
            output: 'a\nb\n',
            summary: 'exit 0',
            durationMs: 5,
            answer: { decision: 'allow-once' },
            exitCode: 0,
          },
        ],
        end: { reason: 'completed', at: 11, failure: null, budget: null },
      },
    ],
    activity: null,
    approvals: [],
    state: 'idle',
  })
})

test('waiting for an answer is a state of its own, and the end of the turn takes the question away', () => {
  const begin: UnstampedEvent[] = [{ type: 'turn-start', turnId, text: 'x', facts: '' }, toolStart, request]
  expect(sessionState(fold(...begin))).toBe('waiting')
  const ended = fold(...begin, { type: 'turn-end', turnId, reason: 'interrupted', failure: null, budget: null })
  expect([sessionState(ended), ended.approvals, ended.turns[0]?.items]).toMatchObject([
    'interrupted',
    [],
    [{ kind: 'tool', state: 'not-run', summary: 'not run' }],
  ])
})

test('two calls with the same id: the later row gets the end', () => {
  const end: UnstampedEvent = {
    type: 'tool-end',
    callId: 'c1',
    outcome: 'done',
    output: 'one',
    summary: '',
    durationMs: 1,
  }
  const view = fold({ type: 'turn-start', turnId, text: 'x', facts: '' }, toolStart, end, toolStart, {
    ...end,
    output: 'two',
  })
  expect(view.turns[0]?.items).toMatchObject([{ output: 'one' }, { output: 'two' }])
})

const anyEvent: fc.Arbitrary<UnstampedEvent> = fc.oneof(
  fc.constant<UnstampedEvent>({ type: 'turn-start', turnId, text: 'x', facts: '' }),
  fc.string().map((text): UnstampedEvent => ({ type: 'text-delta', text })),
  fc.string().map((text): UnstampedEvent => ({ type: 'reasoning-delta', text })),
  fc.constantFrom<UnstampedEvent>(toolStart, request, { type: 'phase', phase: 'writing' }),
  fc.constant<UnstampedEvent>({ type: 'tool-output', callId: 'c1', text: 'o' }),
  fc.constant<UnstampedEvent>({
    type: 'tool-end',
    callId: 'c1',
    outcome: 'failed',
    output: 'e',
    summary: 's',
    durationMs: 0,
  }),
  fc.constant<UnstampedEvent>({ type: 'turn-end', turnId, reason: 'aborted', failure: null, budget: null }),
)

test('a viewer that joins anywhere and hears some events twice ends with the same view', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.nat(40), fc.nat(40), (unstamped, join, overlap) => {
      const events: SessionEvent[] = [
        start,
        ...unstamped.map((event, index) => ({ ...event, seq: index + 1, at: index }) as SessionEvent),
      ]
      const whole = viewFromEntries(events)
      const snapshot = viewFromEntries(events.slice(0, Math.max(1, join)))
      const late = events.slice(Math.max(1, Math.min(join, overlap)))
      expect(snapshot && late.reduce(applyEvent, snapshot)).toEqual(whole)
    }),
  )
})

test('a view holds so much of one text, says how much more there is, and cuts no character', () => {
  const turnStart: UnstampedEvent = { type: 'turn-start', turnId, text: 'go', facts: '' }
  const text = (length: number): UnstampedEvent => ({ type: 'text-delta', text: 'x'.repeat(length) })
  const view = fold(turnStart, text(LONGEST_TEXT - 1), { type: 'text-delta', text: '😀end' }, text(10))
  const item = view.turns[0]?.items[0]
  expect(item?.kind === 'text' && [item.text.length, item.text.at(-1), item.omitted]).toEqual([
    LONGEST_TEXT - 1,
    'x',
    15,
  ])
})

test('the last usage of whoever answers now is known again from the journal', () => {
  const usage = {
    ...{ inputTokens: 90, outputTokens: 10, cachedInputTokens: null, reasoningTokens: null },
    costMicroUsd: null,
  }
  const counted: UnstampedEvent = { type: 'usage', usage: { ...usage, source: 'reported' } }
  const turn: UnstampedEvent = { type: 'turn-start', turnId, text: 'Do it.', facts: '' }
  const end: UnstampedEvent = { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null }
  const shortened: UnstampedEvent = { type: 'compaction', summary: 'S', keptFromSeq: 3 }
  expect([
    fold(turn, counted, end).lastUsage,
    fold(turn, counted, shortened).lastUsage,
    fold(turn, counted, { type: 'profile', profile: start.profile }).lastUsage,
  ]).toEqual([{ ...usage, source: 'reported' }, null, null])
})
