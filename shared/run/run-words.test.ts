import { expect, test } from 'vitest'
import { sampleRun } from '../../test-support/sample-run.ts'
import { cutText } from '../lib/cut-text.ts'
import { approvalLine, countRuns, countWords, runState, stateWord } from './run-words.ts'

const running = sampleRun({ status: 'running', phase: 'writing' })

test.each([
  [sampleRun({ status: 'starting' }), 'starting', 'starting'],
  [running, 'running', 'writing'],
  [sampleRun({ status: 'running' }), 'running', 'running'],
  [sampleRun({ status: 'running', phase: 'queued', queuedBefore: 1 }), 'queued', 'queued'],
  [sampleRun({ status: 'running', phase: 'paused' }), 'paused', 'paused'],
  [sampleRun({ status: 'waiting-approval' }), 'waiting', 'waiting for you'],
  [sampleRun({ status: 'completed', exitCode: 0 }), 'completed', 'completed'],
  [sampleRun({ status: 'failed', exitCode: 1 }), 'failed', 'failed'],
  [sampleRun({ status: 'failed', exitCode: 3 }), 'budget', 'stopped at its limit'],
  [sampleRun({ status: 'completed', exitCode: 3 }), 'budget', 'stopped at its limit'],
  [sampleRun({ status: 'failed', exitCode: 3, endChosen: true }), 'end-chosen', 'stopped at its limit'],
  [sampleRun({ status: 'killed' }), 'killed', 'killed'],
  [sampleRun({ status: 'interrupted' }), 'interrupted', 'interrupted'],
])('a run is shown by its state %#', (run, state, word) => {
  expect([runState(run), stateWord(run)]).toEqual([state, word])
})

test('runs are counted in words', () => {
  const all = [
    running,
    sampleRun({ status: 'starting' }),
    sampleRun({ status: 'waiting-approval' }),
    sampleRun({ status: 'running', queuedBefore: 0 }),
    sampleRun({ status: 'completed' }),
  ]
  expect([countWords(countRuns([])), countWords(countRuns([running])), countWords(countRuns(all))]).toEqual([
    '',
    '1 running',
    '2 running, 1 waits for you, 1 queued',
  ])
})

test('a question is one line', () => {
  const request = { callId: 'a', tool: 'bash', purpose: '', facts: [], sessionRule: '', recovered: false }
  expect([
    approvalLine({ ...request, subject: { kind: 'command', command: 'git push\ngit tag' } }),
    approvalLine({ ...request, subject: { kind: 'change', diff: { path: 'a.ts', added: 0, removed: 0, hunks: [] } } }),
    cutText('Property tests for\nthe tariff parser', 20),
  ]).toEqual(['git push …', 'change a.ts', 'Property tests for…'])
})
