import type { BudgetStop } from '#shared/budget.ts'
import type { TurnContext } from './turn.ts'

/** What a timer can wait for; a limit beyond it is looked at again when it fires. */
const LONGEST_MS = 2_147_483_647

/**
 * Runs a part of a turn until its time is over: then everything that it began is aborted by `turn.signal`, and the stop
 * is the result.
 */
export async function withinTime<Result>(
  turn: TurnContext,
  action: () => Promise<Result>,
): Promise<Result | BudgetStop> {
  const left = turn.budget.timeLeft()
  if (left === undefined) return action()
  if (left === 0) return turn.budget.timeStop()
  const whole = turn.signal
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), Math.min(left, LONGEST_MS))
  turn.signal = AbortSignal.any([whole, over.signal])
  try {
    return await action()
  } catch (error) {
    if (over.signal.aborted && !whole.aborted) return turn.budget.timeStop()
    throw error
  } finally {
    clearTimeout(timer)
    turn.signal = whole
  }
}
