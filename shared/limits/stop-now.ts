import type { BudgetStop } from './budget.ts'

/** The stop with what is used by now: of all that is limited, only time goes on while a person is asked. Milliseconds. */
export function stopNow(stop: BudgetStop, since: number, now: number): BudgetStop {
  return stop.limit === 'wallTime' ? { ...stop, used: stop.used + Math.max(0, now - since) } : stop
}

/** Whether a limit that was raised to this leaves room for the next step. */
export function leavesRoom({ used, needs = 0 }: BudgetStop, to: number): boolean {
  return needs > 0 ? to >= used + needs : to > used
}
