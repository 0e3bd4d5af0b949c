import { expect, test } from 'vitest'
import { TurnId } from '#shared/ids.ts'
import { applyEvent, viewFromStart } from '#shared/session/apply-event.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import { sampleSessionStart } from '../../test-support/sample-session-start.ts'
import { logLines } from './log-lines.ts'

const start = viewFromStart(sampleSessionStart())
const turnId = TurnId.parse('turn000000')
const tool = { name: 'bash', arguments: '{}', recovered: false, verb: 'Run' }
const ended = { durationMs: 1, summary: '' }

test('a command that was stopped is said to be stopped, not by the exit code that this left', () => {
  const stopped = { durationMs: 1, summary: 'stopped', exitCode: 143 }
  const events: UnstampedEvent[] = [
    { type: 'turn-start', turnId, text: 'Wait', facts: '' },
    { type: 'tool-start', callId: 'a', target: 'sleep 9', ...tool },
    { type: 'tool-end', callId: 'a', outcome: 'failed', output: '', ...stopped },
  ]
  const view = events.reduce(
    (current, event, index) => applyEvent(current, { ...event, seq: index + 1, at: index + 1 }),
    start,
  )
  expect(logLines(view).at(-1)?.text).toBe('stopped')
})

test('what was let go of a session is said in its place', () => {
  const call = { ...tool, kind: 'tool', callId: 'a', target: 'ls', startedAt: 2, output: '', answer: null } as const
  const items = [
    { kind: 'text', text: '', omitted: 1200 },
    { kind: 'text', text: 'Begun', omitted: 3 },
    { ...call, state: 'done', summary: '9 lines', durationMs: 1, omitted: 5 },
  ] as const
  const turn = { turnId, text: 'Go', startedAt: 1, items, usage: start.usage, iterations: 1, toolCalls: 1, end: null }
  expect(logLines({ ...start, turns: [turn] }).map(({ who, text }) => `${who}| ${text}`)).toEqual([
    'you| Go',
    'agent| … 1,200 characters in the journal',
    'agent| Begun',
    'agent| … 3 more characters in the journal',
    'Run| ls',
    '| … 5 characters in the journal',
    '| 9 lines',
  ])
})

test('a session is read as lines', () => {
  const events: UnstampedEvent[] = [
    { type: 'turn-start', turnId, text: 'Run the tests', facts: '' },
    { type: 'reasoning-delta', text: 'Which ones?' },
    { type: 'text-delta', text: 'I run them.\nAll of them.' },
    { type: 'tool-start', callId: 'a', target: 'npm test', ...tool },
    { type: 'tool-end', callId: 'a', outcome: 'failed', output: 'not ok 1\n1 failed\n', exitCode: 1, ...ended },
    { type: 'warning', code: 'x', message: 'The server was slow.' },
    { type: 'follow-up', text: 'Go on', origin: 'user' },
    { type: 'tool-start', callId: 'b', target: 'npm run lint', ...tool },
    {
      type: 'turn-end',
      turnId,
      reason: 'failed',
      failure: { code: 'unreachable', message: 'Ollama is gone.', retryable: true },
      budget: null,
    },
  ]
  const view = events.reduce(
    (current, event, index) => applyEvent(current, { ...event, seq: index + 1, at: index + 1 }),
    start,
  )
  expect(logLines(view).map(({ at, who, text, tone }) => `${at ?? '·'} ${who}| ${text} (${tone})`)).toEqual([
    '1 you| Run the tests (words)',
    '2 thought| Which ones? (quiet)',
    '· agent| I run them. (words)',
    '· | All of them. (words)',
    '4 Run| npm test (words)',
    '· | not ok 1 (output)',
    '· | 1 failed (output)',
    '· | exit 1 (problem)',
    '· note| The server was slow. (quiet)',
    '· you| Go on (words)',
    '8 Run| npm run lint (words)',
    '· | interrupted (quiet)',
    '9 end| failed: Ollama is gone. (problem)',
  ])
})
