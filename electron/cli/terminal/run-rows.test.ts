import { expect, test } from 'vitest'
import type { BackgroundRun } from '#shared/run/background.ts'
import { sampleRun } from '../../../test-support/sample-run.ts'
import { memoryScreen } from './memory-screen.ts'
import { endedWords, runTable, stateWords } from './run-rows.ts'

const runs: readonly [Partial<BackgroundRun>, string][] = [
  [{ status: 'running', phase: 'connecting' }, 'Waiting for the model'],
  [{ status: 'running', phase: 'reading-prompt' }, 'Reading the prompt'],
  [{ status: 'running', usable: false }, 'running elsewhere'],
  [{ status: 'waiting-approval' }, 'waits for you'],
  [{ status: 'interrupted' }, 'interrupted'],
]

test.each([52, 80, 140])('a list of runs cuts no word of a state in a terminal of %i columns', (width) => {
  const title = 'A title that is longer than any narrow terminal can show beside a state'
  const listed = runs.map(([change]) => sampleRun({ note: '', approvals: [], ...change, title }))
  const [, ...rows] = runTable(memoryScreen({ terminal: true, width }).screen.out, listed, 0)
  expect(rows.filter((row, index) => !row.includes(` ${runs[index]?.[1]}`))).toEqual([])
})

test.each<[Partial<BackgroundRun>, string]>([
  [{ status: 'waiting-approval' }, 'waits for you: a limit is reached'],
  [{ status: 'waiting-approval', usable: false }, 'waits for you: an answer'],
  [{ status: 'failed', exitCode: 3, note: 'limit of 2 turns reached' }, 'stopped: limit of 2 turns reached'],
  [{ status: 'failed', exitCode: 1, note: 'Ollama is gone.' }, 'failed: Ollama is gone.'],
  [{ status: 'killed', exitCode: 130, note: 'killed by you from the tray' }, 'killed by you from the tray'],
])('%o is listed as "%s"', (change, words) => {
  expect(stateWords(sampleRun({ note: '', approvals: [], ...change }))).toBe(words)
})

test.each([
  [{ status: 'killed', ending: 'killed', note: 'killed by the window' }, 'killed by the window'],
  [{ status: 'killed', ending: 'stopped', note: 'stopped by you' }, 'killed: stopped by you'],
  [{ status: 'failed', ending: 'failed', note: 'failed over and over' }, 'failed: failed over and over'],
  [{ status: 'interrupted', ending: 'interrupted', note: 'interrupted, can go on' }, 'interrupted, can go on'],
  [{ status: 'completed', ending: 'moved', note: 'went on in the window' }, 'went on in the window'],
  [{ status: 'completed', ending: 'completed', note: '' }, 'completed'],
  // As older builds wrote them, and newer ones might.
  [{ status: 'killed', note: 'killed by the window' }, 'killed by the window'],
  [{ status: 'killed', note: 'stopped by you' }, 'killed: stopped by you'],
  [{ status: 'failed', ending: 'of-tomorrow', note: 'It stood still.' }, 'failed: It stood still.'],
] as const)('the end of a run is told by its ending, not by the words of its note: %j', (run, words) => {
  expect(endedWords({ exitCode: 1, ...run })).toBe(words)
})
