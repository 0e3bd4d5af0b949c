import { expect, test } from 'vitest'
import { type FailureCode, failure } from '../failure.ts'
import { exitCodeOfEnd, exitCodeOfFailure } from './exit-code.ts'
import type { TurnEndReason } from './session-entry.ts'

test.each<[TurnEndReason, FailureCode | null, number]>([
  ['completed', null, 0],
  ['failed', 'auth', 1],
  ['failed', 'loop', 1],
  ['failed', 'timeout', 1],
  ['budget', null, 3],
  ['needs-approval', 'invalid-input', 4],
  ['failed', 'unreachable', 5],
  ['aborted', null, 130],
  ['interrupted', null, 130],
])('a turn that ended as %s with %s is %i', (reason, code, exitCode) => {
  expect(exitCodeOfEnd({ reason, failure: code && failure(code, '') })).toBe(exitCode)
})

test.each<[FailureCode, number]>([
  ['invalid-input', 2],
  ['not-found', 2],
  ['busy', 1],
  ['storage', 1],
  ['auth', 1],
  ['unreachable', 5],
  ['aborted', 130],
])('%s before a turn is %i', (code, exitCode) => {
  expect(exitCodeOfFailure(failure(code, ''))).toBe(exitCode)
})
