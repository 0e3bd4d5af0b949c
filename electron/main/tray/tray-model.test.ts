import { expect, test } from 'vitest'
import { RunId, SessionId, TurnId } from '#shared/ids.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { sampleRun } from '../../../test-support/sample-run.ts'
import { type Work, workOf } from '../notifications/work.ts'
import { questionsOf, type TrayItem, trayModel } from './tray-model.ts'

const push = {
  request: {
    callId: 'call-1',
    tool: 'bash',
    purpose: 'to run a command in parcel-api',
    subject: { kind: 'command', command: 'git push -u origin webhooks-queue' },
    facts: [],
    sessionRule: 'shell:git push',
    recovered: false,
  },
  since: 0,
} satisfies BackgroundRun['approvals'][number]

const waiting = sampleRun({ status: 'waiting-approval', approvals: [push] })
const tests = other(2, { title: 'Property tests for the tariff parser of parcels', phase: 'writing' })
const queued = other(3, { title: 'Release notes for 4.2', phase: 'queued', queuedBefore: 1 })

function other(number: number, change: Partial<BackgroundRun>): BackgroundRun {
  return sampleRun({
    runId: RunId.parse(`run000000${number}`),
    sessionId: SessionId.parse(`session00${number}`),
    ...change,
  })
}

function model(
  runs: readonly BackgroundRun[],
  change: { runsPaused?: boolean; today?: string; lookedAt?: number; chats?: Work[] } = {},
) {
  const work = [...workOf({ runs, sessions: [] }, () => undefined), ...(change.chats ?? [])]
  return trayModel({
    state: { runs, runsPaused: change.runsPaused ?? false },
    work,
    today: change.today ?? null,
    lookedAt: change.lookedAt ?? 0,
  })
}

/** As a person reads it: "---" for a line, deeper for a menu, "(words)" for what cannot be clicked. */
function read(items: readonly TrayItem[], depth = ''): string[] {
  return items.flatMap((item) => {
    if (item.kind === 'separator') return [`${depth}---`]
    if (item.kind === 'words') return [`${depth}(${item.label})`]
    if (item.kind === 'act') return [`${depth}${item.label}`]
    return [`${depth}${item.label}`, ...read(item.items, `${depth}  `)]
  })
}

test('the menu has what waits first, then what runs, then what is always there', () => {
  const { mark, toolTip, items } = model([waiting, tests, queued], { today: 'Today $3.18 of $10.00' })
  expect([mark, toolTip, read(items)]).toEqual([
    'waiting',
    '1 running, 1 waits for you, 1 queued',
    [
      '(1 running, 1 waits for you, 1 queued)',
      '---',
      'Waiting: Move webhooks to a queue',
      '  (git push -u origin webhooks-queue)',
      '  Allow once',
      '  Allow for this session',
      '  Deny',
      '  ---',
      '  Open',
      '  Stop',
      '---',
      'Property tests for the tariff par… · writing',
      '  Open',
      '  Stop',
      'Release notes for 4.2 · queued, 1 before',
      '  Open',
      '  Stop',
      '---',
      '(Today $3.18 of $10.00)',
      '---',
      'New task…',
      'Open Claw Code Agent',
      'Pause all',
      '---',
      'Quit…',
    ],
  ])
})

test('without any work there is only what is always there, and Quit asks nothing', () => {
  const { mark, items } = model([])
  expect([mark, read(items)]).toEqual([
    'idle',
    ['(Nothing runs)', '---', 'New task…', 'Open Claw Code Agent', '---', 'Quit'],
  ])
})

test('a click carries what it is about: a run, or the very turn of a chat', () => {
  const actsOf = (items: readonly TrayItem[]) => {
    const menu = items[2]
    return menu?.kind === 'menu' ? menu.items.flatMap((item) => (item.kind === 'act' ? [item.act] : [])) : []
  }
  const { sessionId, runId } = waiting
  const one = chat()
  expect(actsOf(model([], { chats: [one] }).items).at(-1)).toEqual({
    type: 'stop-turn',
    sessionId: one.sessionId,
    turnId: one.turnId,
  })
  expect(actsOf(model([waiting]).items)).toEqual([
    { type: 'answer', sessionId, callId: 'call-1', decision: 'allow-once' },
    { type: 'answer', sessionId, callId: 'call-1', decision: 'allow-session' },
    { type: 'answer', sessionId, callId: 'call-1', decision: 'deny' },
    { type: 'open', sessionId, runId },
    { type: 'stop-run', sessionId, runId },
  ])
})

test.each([
  ['nothing', model([]), 'idle', 'Nothing runs'],
  ['a run', model([tests]), 'running', '1 running'],
  ['a chat of the app', model([], { chats: [{ ...chat(), waits: false }] }), 'running', '1 running'],
  ['a chat that waits', model([], { chats: [chat()] }), 'waiting', '1 waits for you'],
  ['a run that failed', model([failed(7)]), 'failed', '1 failed'],
  [
    'a run that failed, and the window was looked at since',
    model([failed(7)], { lookedAt: 8 }),
    'idle',
    'Nothing runs',
  ],
  ['a pause', model([other(2, { phase: 'paused' })], { runsPaused: true }), 'paused', 'Paused: 1 paused'],
  ['a pause of nothing', model([], { runsPaused: true }), 'paused', 'Paused'],
  ['a question in a pause', model([waiting], { runsPaused: true }), 'waiting', 'Paused: 1 waits for you'],
])('the icon and its tooltip say %s', (_what, { mark, toolTip }, wantedMark, wantedTip) => {
  expect([mark, toolTip]).toEqual([wantedMark, wantedTip])
})

test('a run of another version can only be opened', () => {
  const [, , menu] = model([{ ...waiting, usable: false }]).items
  expect(menu?.kind === 'menu' && read(menu.items)).toEqual(['Open'])
})

test('a pause can be ended', () => {
  expect(model([tests], { runsPaused: true }).items).toContainEqual({
    kind: 'act',
    label: 'Go on with all',
    act: { type: 'pause', paused: false },
  })
})

test('fifty runs do not fill the screen', () => {
  const many = Array.from({ length: 50 }, (_, index) =>
    sampleRun({
      runId: RunId.parse(`run00000${String(index).padStart(2, '0')}`),
      sessionId: SessionId.parse(`session0${String(index).padStart(2, '0')}`),
      phase: 'writing',
    }),
  )
  const { items } = model(many)
  expect([items.filter(({ kind }) => kind === 'menu').length, read(items).includes('(and 38 more)')]).toEqual([
    12,
    true,
  ])
})

function chat(): Work {
  return {
    sessionId: SessionId.parse('session009'),
    runId: null,
    turnId: TurnId.parse('turn000009'),
    title: 'Fix the test',
    folder: 'parcel-api',
    waits: true,
    words: 'waiting for you',
    approvals: [{ callId: 'call-9', text: 'npm test' }],
    usable: true,
  }
}

function failed(endedAt: number): BackgroundRun {
  return other(4, { status: 'failed', exitCode: 1, endedAt })
}

test('the questions of a menu are those that an entry of it answers', () => {
  const items = (run: BackgroundRun) =>
    trayModel({
      state: { runs: [run], runsPaused: false },
      work: workOf({ runs: [run], sessions: [] }, () => undefined),
      today: null,
      lookedAt: 0,
    }).items
  const question = { sessionId: waiting.sessionId, callId: 'call-1' }
  expect(
    new Set(questionsOf(items(waiting)).map(({ sessionId, callId }) => JSON.stringify({ sessionId, callId }))),
  ).toEqual(new Set([JSON.stringify(question)]))
  expect([questionsOf(items(tests)), questionsOf(items({ ...waiting, usable: false }))]).toEqual([[], []])
})
