import { assertNever } from '#shared/lib/assert-never.ts'
import type { BudgetStop } from '#shared/limits/budget.ts'
import { allowed, type Budgeted, stopped } from '../budget/budgeted.ts'
import type { TurnContext } from './turn.ts'

/** What a timer can wait for; a limit beyond it is looked at again when it fires. */
const LONGEST_MS = 2_147_483_647

/**
 * Runs a part of a turn until its time is over: then the signal that it was given aborts, and the limit is the result.
 * `FailureError` `storage`: nobody can know how much time there is.
 */
export async function withinTime<Result>(
  { budget, signal }: Pick<TurnContext, 'budget' | 'signal'>,
  action: (signal: AbortSignal) => Promise<Result>,
): Promise<Budgeted<Result>> {
  const time = await budget.reserveTime()
  switch (time.kind) {
    case 'endless':
      return allowed(await action(signal))
    case 'stopped':
      return time
    case 'until': {
      const watch = new TimeWatch(budget, time.ms)
      try {
        return allowed(await action(AbortSignal.any([signal, watch.signal])))
      } catch (error) {
        if (!watch.signal.aborted || signal.aborted) throw error
        return stopped(watch.stop())
      } finally {
        watch.end()
      }
    }
    default:
      return assertNever(time)
  }
}

/** Reserves more time whenever what was reserved is used up, until there is none. */
class TimeWatch {
  readonly #budget: TurnContext['budget']
  readonly #abort = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #ended = false
  /** Why it was aborted; null = it was not. */
  #reason: { kind: 'stopped'; stop: BudgetStop } | { kind: 'failed'; error: unknown } | null = null

  constructor(budget: TurnContext['budget'], ms: number) {
    this.#budget = budget
    this.#wait(ms)
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The limit that it was aborted at; throws what kept it from asking. */
  stop(): BudgetStop {
    if (this.#reason?.kind === 'stopped') return this.#reason.stop
    throw this.#reason?.error
  }

  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => void this.#more(), Math.min(ms, LONGEST_MS))
  }

  async #more(): Promise<void> {
    try {
      const time = await this.#budget.reserveTime()
      if (this.#ended || time.kind === 'endless') return
      if (time.kind === 'until') return this.#wait(time.ms)
      this.#reason = time
    } catch (error) {
      this.#reason = { kind: 'failed', error }
    }
    this.#abort.abort()
  }
}
