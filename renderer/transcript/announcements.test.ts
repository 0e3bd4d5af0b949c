import { expect, test } from 'vitest'
import type { TurnId } from '#shared/ids.ts'
import { applyEvent, viewFromStart } from '#shared/session/apply-event.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { sampleSessionStart } from '../../test-support/sample-session-start.ts'
import { announcements, sentences } from './announcements.ts'

const start = viewFromStart(sampleSessionStart())
const turnId = 'bbbbbbbbbb' as TurnId

function after(view: SessionView, ...events: UnstampedEvent[]): SessionView {
  return events.reduce((next, event) => applyEvent(next, { ...event, seq: next.seq + 1, at: next.seq }), view)
}

const running = after(start, { type: 'turn-start', turnId, text: 'do it', facts: '' })
const edit: UnstampedEvent = {
  type: 'tool-start',
  callId: 'c1',
  name: 'edit_file',
  arguments: '{}',
  recovered: false,
  verb: 'Edit',
  target: 'src/token-bucket.ts',
}

test('an approval is said at once, with its command and with when it is too late', () => {
  const request = (end: { until?: number }): UnstampedEvent => ({
    type: 'approval-request',
    request: {
      callId: 'c1',
      tool: 'bash',
      purpose: 'to run a command in parcel-api',
      subject: { kind: 'command', command: 'npm test' },
      facts: [],
      sessionRule: 'shell:npm test',
      recovered: false,
    },
    ...end,
  })
  const asked = (end: { until?: number }) =>
    after(running, { ...edit, verb: 'Run', target: 'npm test' }, request(end), {
      type: 'phase',
      phase: 'waiting-approval',
    })
  const said = 'Approval needed to run a command in parcel-api: npm test'
  expect(announcements(running, asked({}))).toEqual([{ text: said, urgent: true }])
  expect(announcements(running, asked({ until: 1_800_000 }))).toEqual([
    { text: `${said}. The run ends in 30 min unless answered`, urgent: true },
  ])
})

test('the end of a tool and the end of a turn are sentences', () => {
  const editing = after(running, edit)
  const ended = after(
    editing,
    {
      type: 'tool-end',
      callId: 'c1',
      outcome: 'done',
      output: 'ok',
      summary: '+4 −3',
      durationMs: 4,
      diff: { path: 'src/token-bucket.ts', added: 4, removed: 3, hunks: [] },
    },
    { type: 'turn-end', turnId, reason: 'completed', failure: null, budget: null },
  )
  expect(announcements(editing, ended)).toEqual([
    { text: 'edited token-bucket.ts, 4 added, 3 removed', urgent: false },
    { text: 'The turn is done.', urgent: false },
  ])
})

test('a phase is said when it changes, text and the first view are not', () => {
  const writing = after(running, { type: 'phase', phase: 'writing' })
  expect([
    announcements(null, running),
    announcements(running, writing),
    announcements(writing, after(writing, { type: 'text-delta', text: 'hello' })),
  ]).toEqual([[], [{ text: 'writing', urgent: false }], []])
})

test('a limit that is reached is said without haste, with how much is used', () => {
  const atLimit = after(
    running,
    { type: 'budget-request', stop: { limit: 'totalTokens', allowed: 400_000, used: 400_112, scope: 'session' } },
    { type: 'phase', phase: 'waiting-approval' },
  )
  expect([
    announcements(running, atLimit),
    announcements(atLimit, after(atLimit, { type: 'title', title: 'x' })),
  ]).toEqual([
    [
      {
        text: 'Limit reached: tokens of this session. 400,112 of 400,000 tokens. It waits for you.',
        urgent: false,
      },
    ],
    [],
  ])
})

test('what is said at once is sentences, each with one end', () => {
  expect(sentences(['ran date, exit 0', 'It waits for you.', 'reading the prompt'])).toBe(
    'ran date, exit 0. It waits for you. reading the prompt',
  )
})
