import { expect, test } from 'vitest'
import type { BackgroundRun } from '#shared/run/background.ts'
import { sampleRun } from '../../test-support/sample-run.ts'
import { groupRuns, runLine, runTime, startedWords } from './run-line.ts'

const MINUTE = 60_000
const noon = new Date(2026, 10, 26, 12).getTime()

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
  since: noon - 18 * MINUTE,
}

const ended = { startedAt: noon - 6 * MINUTE, endedAt: noon, phase: null }
const waiting = sampleRun({ status: 'waiting-approval', approvals: [push], startedAt: noon - 60 * MINUTE })
const usage = { ...sampleRun().usage, inputTokens: 80_000, outputTokens: 6000 }

test.each([
  [waiting, 'waiting for you', 'git push', true],
  [
    sampleRun({ status: 'waiting-approval', note: 'the token limit is reached' }),
    'waiting for you',
    'the token limit is reached',
    false,
  ],
  [sampleRun({ status: 'waiting-approval' }), 'waiting for you', 'a limit is reached', false],
  [sampleRun({ phase: 'writing', tokensPerSecond: 46.7 }), 'writing', '47 tok/s', false],
  [sampleRun({ phase: 'running-tool', phaseDetail: 'npm test' }), 'running a tool', 'npm test', true],
  [sampleRun({ status: 'starting', phaseDetail: 'loading the model' }), 'starting', 'loading the model', false],
  [sampleRun({ phase: 'queued', queuedBefore: 1 }), 'queued', '1 before it', false],
  [sampleRun({ phase: 'queued', queuedBefore: 0 }), 'queued', 'next', false],
  [sampleRun({ phase: 'paused' }), 'paused', 'goes on when you let it', false],
  [sampleRun({ ...ended, status: 'completed', exitCode: 0, usage }), 'completed in 6 min', '86k tokens', false],
  [sampleRun({ ...ended, status: 'completed', exitCode: 0 }), 'completed in 6 min', '', false],
  [sampleRun({ ...ended, status: 'completed', note: 'went on in the window' }), 'went on in the window', '', false],
  [
    sampleRun({ ...ended, status: 'failed', exitCode: 3, note: '1M tokens' }),
    'stopped at its limit',
    '1M tokens',
    false,
  ],
  [sampleRun({ ...ended, status: 'killed', note: 'stopped from the tray' }), 'stopped from the tray', '', false],
  [sampleRun({ ...ended, status: 'interrupted' }), 'interrupted', 'can go on', false],
  [
    sampleRun({ ...ended, status: 'failed', exitCode: 5, note: 'Ollama is gone. Start it.' }),
    'failed',
    'Ollama is gone',
    false,
  ],
  [
    sampleRun({ ...ended, status: 'completed', exitCode: 0, usage, changes: { files: 2, added: 38, removed: 12 } }),
    'completed in 6 min',
    '',
    false,
  ],
])('a card says what a run does, and the one fact that matters %#', (run, word, fact, mono) => {
  expect(runLine(run)).toEqual(expect.objectContaining({ word, fact, mono, folder: 'parcel-api' }))
})

test('who needs a person stands first, who is over last', () => {
  const [running, done] = [sampleRun({ phase: 'writing' }), sampleRun({ status: 'completed', ...ended })]
  const before = { ...done, startedAt: noon, endedAt: noon - MINUTE }
  expect(groupRuns([before, done, running, waiting])).toEqual({
    'needs-you': [waiting],
    running: [running],
    finished: [done, before],
  })
})

test.each([
  ['since it asked', waiting, '18 min'],
  ['since it began', sampleRun({ startedAt: noon - 12_400 }), '12 s'],
  ['when it ended today', sampleRun({ status: 'killed', endedAt: noon - MINUTE }), '11:59'],
  ['when it ended this week', sampleRun({ status: 'killed', endedAt: noon - 50 * 60 * MINUTE }), 'Tue'],
  ['when it ended before', sampleRun({ status: 'killed', endedAt: noon - 12 * 24 * 60 * MINUTE }), '14 Nov'],
])('a card tells %s', (_what, run, time) => {
  expect(runTime(run, noon)).toBe(time)
})

test('where a run was started is said', () => {
  expect(startedWords(sampleRun({ startedAt: noon, origin: 'a terminal' }), noon)).toBe('started 12:00 in a terminal')
})

const plan = { done: 3, total: 5 }
const changes = { files: 2, added: 38, removed: 12 }
test.each([
  ['the plan of one at work', sampleRun({ phase: 'thinking', plan, changes }), { plan, changes: null }],
  ['no plan of one that waits', { ...waiting, plan, changes }, { plan: null, changes: null }],
  [
    'what one changed that is done',
    sampleRun({ ...ended, status: 'completed', plan, changes }),
    { plan: null, changes },
  ],
  ['and one that was stopped', sampleRun({ ...ended, status: 'killed', plan, changes }), { plan: null, changes }],
])('a card tells %s', (_what, run, told) => {
  expect(runLine(run)).toEqual(expect.objectContaining(told))
})
