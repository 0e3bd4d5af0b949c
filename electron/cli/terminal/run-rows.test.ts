import { expect, test } from 'vitest'
import type { BackgroundRun } from '#shared/run/background.ts'
import { sampleRun } from '../../../test-support/sample-run.ts'
import { memoryScreen } from './memory-screen.ts'
import { runTable } from './run-rows.ts'

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
  expect(rows.filter((row, index) => !row.includes(` ${runs[index]?.[1]} `))).toEqual([])
})
