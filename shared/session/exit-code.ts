import type { Failure } from '../failure.ts'
import type { TurnEnd } from './session-view.ts'

/** What the shell is told (docs/contracts.md). */
export const ExitCode = {
  completed: 0,
  failed: 1,
  usage: 2,
  budget: 3,
  refused: 4,
  unreachable: 5,
  interrupted: 130,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

export function exitCodeOfEnd({ reason, failure }: Pick<TurnEnd, 'reason' | 'failure'>): ExitCode {
  switch (reason) {
    case 'completed':
      return ExitCode.completed
    case 'budget':
      return ExitCode.budget
    case 'needs-approval':
      return ExitCode.refused
    case 'aborted':
    case 'interrupted':
      return ExitCode.interrupted
    case 'failed':
      return failure?.code === 'unreachable' ? ExitCode.unreachable : ExitCode.failed
  }
}

/** The exit code for what went wrong before a turn began: what was asked for is not there, or cannot be done. */
export function exitCodeOfFailure({ code }: Failure): ExitCode {
  if (code === 'invalid-input' || code === 'not-found') return ExitCode.usage
  if (code === 'aborted') return ExitCode.interrupted
  return code === 'unreachable' ? ExitCode.unreachable : ExitCode.failed
}
