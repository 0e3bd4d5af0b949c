import type { BudgetStop } from '#shared/limits/budget.ts'
import type { TurnContext } from './turn.ts'

/** What a timer can wait for; a limit beyond it is looked at again when it fires. */
const LONGEST_MS = 2_147_483_647

/**
 * Runs a part of a turn until its time is over: then everything that it began is aborted by `turn.signal`, and the stop
 * is the result. `FailureError` `storage`: nobody can know how much time there is.
 */
export async function withinTime<Result>(
  turn: TurnContext,
  action: () => Promise<Result>,
): Promise<Result | BudgetStop> {
  const time = await turn.budget.takeTime()
  if (time === undefined) return action()
  if (typeof time !== 'number') return time
  const watch = new TimeWatch(turn, time)
  const whole = turn.signal
  turn.signal = AbortSignal.any([whole, watch.signal])
  try {
    return await action()
  } catch (error) {
    if (!watch.signal.aborted || whole.aborted) throw error
    return watch.stop()
  } finally {
    watch.end()
    turn.signal = whole
  }
}

/** Takes more time whenever what was taken is used up, until there is none. */
class TimeWatch {
  readonly #turn: TurnContext
  readonly #over = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #ended = false
  #outcome: { stop: BudgetStop } | { error: unknown } | null = null

  constructor(turn: TurnContext, ms: number) {
    this.#turn = turn
    this.#wait(ms)
  }

  get signal(): AbortSignal {
    return this.#over.signal
  }

  /** Why it was aborted; throws what kept it from asking. */
  stop(): BudgetStop {
    if (this.#outcome && 'stop' in this.#outcome) return this.#outcome.stop
    throw this.#outcome?.error
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
      const time = await this.#turn.budget.takeTime()
      if (this.#ended || time === undefined) return
      if (typeof time === 'number') return this.#wait(time)
      this.#outcome = { stop: time }
    } catch (error) {
      this.#outcome = { error }
    }
    this.#over.abort()
  }
}
