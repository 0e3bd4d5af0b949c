import { amountWords } from '#shared/limits/limit-words.ts'
import type { RunEnding, RunStatus } from '#shared/run/background.ts'
import { exitCodeOfEnd } from '#shared/session/exit-code.ts'
import type { TurnEnd } from '#shared/session/session-view.ts'

/** How a run ended, in the words of the registry. */
export interface RunOutcome {
  status: RunStatus
  exitCode: number | null
  note: string
  ending: RunEnding
  endChosen?: true
}

/**
 * A limit or an unanswered approval is a failure of the run with an exit code of its own; a stop is a kill. `chosen`: a
 * person let the limit be the end.
 */
export function outcomeOf(end: Pick<TurnEnd, 'reason' | 'failure' | 'budget'>, chosen: boolean): RunOutcome {
  const exitCode = exitCodeOfEnd(end)
  switch (end.reason) {
    case 'completed':
      return { status: 'completed', exitCode, note: '', ending: 'completed' }
    case 'aborted':
      return { status: 'killed', exitCode, note: 'stopped by you', ending: 'stopped' }
    case 'interrupted':
      return { ...interrupted, exitCode: null }
    case 'budget':
      return {
        status: 'failed',
        exitCode,
        note: end.budget ? `limit of ${amountWords(end.budget.limit, end.budget.allowed)} reached` : 'limit reached',
        ending: 'limit',
        ...(chosen && { endChosen: true }),
      }
    case 'failed':
    case 'needs-approval':
      return { status: 'failed', exitCode, note: end.failure?.message ?? 'It failed.', ending: 'failed' }
  }
}

export const interrupted: RunOutcome = {
  status: 'interrupted',
  exitCode: null,
  note: 'interrupted, can go on',
  ending: 'interrupted',
}

export function killedBy(by: string): RunOutcome {
  return { status: 'killed', exitCode: 130, note: `killed by ${by}`, ending: 'killed' }
}
