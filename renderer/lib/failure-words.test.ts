import { expect, test } from 'vitest'
import { failure } from '#shared/failure.ts'
import type { FailureRemedy } from '#shared/failure-remedy.ts'
import { failureWords } from './failure-words.ts'

const remedies: readonly FailureRemedy[] = [
  { kind: 'allow', access: 'write', again: 'begin' },
  { kind: 'list', what: 'sessions' },
  { kind: 'list', what: 'runs' },
  { kind: 'other-folder' },
  { kind: 'read-log', runId: '02c1' },
  { kind: 'watch-or-end', runId: '02c1' },
  { kind: 'end', runId: '02c1' },
]

test('the window says where it has the remedy, and names no command and no flag', () => {
  expect(remedies.map((remedy) => failureWords(failure('busy', 'It is busy.', { remedy })))).toEqual([
    'It is busy. Try again here, and you are asked.',
    'It is busy. They are listed in the sidebar.',
    'It is busy. They are listed under Background.',
    'It is busy. Or begin a new chat in another folder.',
    'It is busy. What it does is shown under Background.',
    'It is busy. Look in or end it under Background.',
    'It is busy. If that does not help, end it under Background.',
  ])
})

test('a failure that says all by itself is only that', () => {
  expect(failureWords(failure('busy', 'It is busy.'))).toBe('It is busy.')
})
