import { letsGoOn } from '../limits/budget.ts'
import type { Item, SessionView } from './session-view.ts'

/** What the sidebar says of a session. */
export const sessionStates = [
  'idle',
  'running',
  /** Its turn waits for its place at the server, or all runs are paused. */
  'queued',
  'waiting',
  /** A person ended its last turn. */
  'stopped',
  'interrupted',
  'failed',
  'budget',
] as const
export type SessionState = (typeof sessionStates)[number]

export function sessionState(view: SessionView): SessionState {
  const last = view.turns.at(-1)
  if (!last) return 'idle'
  if (!last.end) {
    if (view.approvals.length > 0 || view.budgetRequest) return 'waiting'
    const phase = view.activity?.phase
    return phase === 'queued' || phase === 'paused' ? 'queued' : 'running'
  }
  switch (last.end.reason) {
    case 'completed':
      return 'idle'
    case 'aborted':
      return 'stopped'
    case 'needs-approval':
    case 'failed':
      return 'failed'
    case 'interrupted':
    case 'budget':
      return last.end.reason
  }
}

/** Whether a session in that state has a turn that is not over. */
export function goesOn(state: SessionState): boolean {
  return state === 'running' || state === 'waiting' || state === 'queued'
}

/** A person said at the limit of a turn with these items that it is the end: nothing is wrong. */
export function endWasChosen(items: readonly Item[]): boolean {
  const last = items.findLast((item) => item.kind === 'notice' && item.atLimit !== undefined)
  return last?.kind === 'notice' && last.atLimit !== undefined && !letsGoOn(last.atLimit.answer)
}
