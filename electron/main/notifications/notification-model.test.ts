import { expect, test } from 'vitest'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { SessionId, TurnId } from '#shared/ids.ts'
import type { Standing } from '#shared/limits/budget.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { noSpending } from '#shared/spending/no-spending.ts'
import { sampleRun } from '../../../test-support/sample-run.ts'
import { type NotifiableState, notificationsOf } from './notification-model.ts'
import { type Work, workOf } from './work.ts'

const push: BackgroundRun['approvals'][number] = {
  request: {
    callId: 'call-1',
    tool: 'bash',
    purpose: 'to run a command in parcel-api',
    subject: { kind: 'command', command: 'git push' },
    facts: [],
    sessionRule: 'shell:git push',
    recovered: false,
  },
  since: 0,
}
const running = sampleRun({ phase: 'writing' })
const ended = { endedAt: 6 * 60_000, phase: null } as const

const chat: Work = {
  sessionId: SessionId.parse('session009'),
  runId: null,
  turnId: TurnId.parse('turn000009'),
  title: 'Fix the test',
  folder: 'parcel-api',
  waits: false,
  words: 'working',
  approvals: [],
  usable: true,
}
const session: SessionSummary = {
  sessionId: chat.sessionId,
  title: chat.title,
  cwd: '/work/parcel-api',
  state: 'idle',
  note: '',
  profileName: 'vLLM',
  demo: false,
  updatedAt: 5,
}

function state(
  runs: readonly BackgroundRun[],
  rest: { chats?: Work[]; sessions?: SessionSummary[]; limits?: Standing[] } = {},
): NotifiableState {
  const { chats = [], sessions = [], limits = [] } = rest
  const spending = { day: '2026-11-26', today: noSpending(), month: noSpending(), limits, revision: 1 }
  return { app: { runs, sessions, spending }, work: [...workOf({ runs, sessions: [] }, () => undefined), ...chats] }
}

const said = (before: NotifiableState, after: NotifiableState) =>
  notificationsOf(before, after).map(({ title, body }) => `${title} | ${body}`)

test.each([
  [
    'a question',
    sampleRun({ status: 'waiting-approval', approvals: [push] }),
    ['Approval needed | Move webhooks to a queue, in parcel-api: git push'],
  ],
  [
    'a good end',
    sampleRun({ ...ended, status: 'completed', exitCode: 0 }),
    ['Done: Move webhooks to a queue | 6 minutes, in parcel-api.'],
  ],
  [
    'a failure',
    sampleRun({ ...ended, status: 'failed', exitCode: 5, note: 'Ollama was not reachable' }),
    ['Failed: Move webhooks to a queue | Ollama was not reachable. Nothing is lost, it can go on.'],
  ],
  [
    'a limit',
    sampleRun({ ...ended, status: 'failed', exitCode: 3, note: '1M tokens are used.' }),
    ['Limit reached: Move webhooks to a queue | 1M tokens are used. It stopped before the next call and can go on.'],
  ],
  [
    'a process that died',
    sampleRun({ ...ended, status: 'interrupted' }),
    ['Interrupted: Move webhooks to a queue | Its process is gone. It can go on.'],
  ],
  [
    'a limit that asks',
    sampleRun({ status: 'waiting-approval' }),
    ['Limit reached: Move webhooks to a queue | It asks whether to raise the limit, to finish or to stop.'],
  ],
  ['what a person stopped', sampleRun({ ...ended, status: 'killed' }), []],
  ['what a person ended at its limit', sampleRun({ ...ended, status: 'failed', exitCode: 3, endChosen: true }), []],
  ['more of the same', sampleRun({ phase: 'thinking' }), []],
])('of a run, %s is told', (_what, after, lines) => {
  expect(said(state([running]), state([after]))).toEqual(lines)
})

test('a question can be answered by buttons where all of it is read, and its run is of this version', () => {
  const asks = (command: string, usable = true) => {
    const request = { ...push.request, subject: { kind: 'command' as const, command } }
    const after = sampleRun({ status: 'waiting-approval', approvals: [{ ...push, request }], usable })
    return notificationsOf(state([running]), state([after])).map(({ question }) => question)
  }
  expect([asks('git push'), asks('git push', false), asks(`git push ${'origin '.repeat(40)}`)]).toEqual([
    [{ sessionId: running.sessionId, callId: 'call-1' }],
    [undefined],
    [undefined],
  ])
})

test('a question is told once, and so is an end', () => {
  const waiting = state([sampleRun({ status: 'waiting-approval', approvals: [push] })])
  const done = state([sampleRun({ ...ended, status: 'completed', exitCode: 0 })])
  expect([said(waiting, waiting), said(done, done)]).toEqual([[], []])
})

test('what was over before the app knew of it is no news', () => {
  expect(said(state([]), state([sampleRun({ ...ended, status: 'failed', exitCode: 1 })]))).toEqual([])
})

test.each([
  ['idle', '', ['Done: Fix the test | The chat waits for what comes next.']],
  ['failed', 'key refused', ['Failed: Fix the test | Key refused. The chat waits for what comes next.']],
  ['interrupted', '', []],
] as const)('of a chat of the app, its end as %s is told', (how, note, lines) => {
  const after = state([], { sessions: [{ ...session, state: how, note }] })
  expect(said(state([], { chats: [chat] }), after)).toEqual(lines)
})

test('a limit of a day or a month is told at 80 % and when it is reached', () => {
  const limit = (used: number, allowed = 10_000_000): Standing => ({
    name: 'costUsd',
    allowed,
    scope: 'month',
    profileId: null,
    setBy: { kind: 'settings', profileId: null },
    used,
  })
  const at = (used: number, allowed?: number) => state([], { limits: [limit(used, allowed)] })
  expect([
    said(at(7_000_000), at(7_900_000)),
    said(at(7_000_000), at(8_640_000)),
    said(at(8_640_000), at(9_000_000)),
    said(at(9_000_000), at(10_100_000)),
    said(at(1_000_000), at(20_000_000)),
    said(state([]), at(9_000_000)),
    said(at(9_000_000, 20_000_000), at(9_000_000)),
  ]).toEqual([
    [],
    ['86 % of this month is used | $8.64 of $10.00.'],
    [],
    ['The limit of this month is reached | $10.10 of $10.00.'],
    ['The limit of this month is reached | $20.00 of $10.00.'],
    [],
    [],
  ])
})
