import { expect, test } from 'vitest'
import { failure } from '#shared/failure.ts'
import type { FailureRemedy } from '#shared/failure-remedy.ts'
import { failureWords } from './failure-words.ts'

test.each<[FailureRemedy, string]>([
  [
    { kind: 'allow', access: 'write', again: 'begin' },
    'Run it again with --allow-write, or in the window or a terminal.',
  ],
  [{ kind: 'allow', access: 'shell', again: 'go-on' }, 'Resume it to be asked again, or with --allow-shell.'],
  [{ kind: 'list', what: 'sessions' }, '`claw sessions` lists them.'],
  [{ kind: 'list', what: 'runs' }, '`claw agent-ps` lists them.'],
  [{ kind: 'other-folder' }, 'In a terminal: agent-resume with --cwd.'],
  [{ kind: 'read-log', runId: '02c1' }, 'Its answers are in: claw agent-logs 02c1'],
  [
    { kind: 'watch-or-end', runId: '02c1' },
    'Look in with claw agent-attach 02c1, or end it with claw agent-kill 02c1.',
  ],
  [{ kind: 'end', runId: '02c1' }, 'If that does not help, end it with: claw agent-kill 02c1'],
])('the terminal names its flag or command for %o', (remedy, words) => {
  expect(failureWords(failure('busy', 'It is busy.', { remedy }))).toBe(`It is busy. ${words}`)
})

test('a failure that says all by itself is only that', () => {
  expect(failureWords(failure('busy', 'It is busy.'))).toBe('It is busy.')
})
