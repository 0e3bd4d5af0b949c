import type { BudgetStop } from '#shared/limits/budget.ts'
import type { TurnContext } from './turn.ts'

type Asked = Pick<TurnContext, 'budget' | 'askBudget' | 'emit'>

/** What becomes of a turn at a limit: a person who watches it decides, and without one it ends. */
export class AtLimit {
  readonly #turn: Asked
  #asking: Promise<void> = Promise.resolve()
  /** The decision that it is over. */
  end: { stop: BudgetStop; finish: boolean } | null = null

  constructor(turn: Asked) {
    this.#turn = turn
  }

  /**
   * Asks what becomes of the turn at a limit. true = the limit was raised or does not hold any longer: whoever met it tries
   * again. Calls that meet one at once ask
   * once; what was decided for the first is true for all. Throws what `askBudget` throws, such as when `signal` aborts.
   */
  async mayGoOn(stop: BudgetStop, signal: AbortSignal): Promise<boolean> {
    const deciding = this.#asking.then(() => {
      const isNews = this.end === null && !this.#turn.budget.hasRoom(stop)
      return isNews ? this.#decide(stop, signal) : undefined
    })
    // Told right below; the next question only waits for the end of this one.
    this.#asking = deciding.catch(() => undefined)
    await deciding
    return this.end === null
  }

  async #decide(stop: BudgetStop, signal: AbortSignal): Promise<void> {
    const { askBudget, budget, emit } = this.#turn
    const asked = askBudget(stop, signal)
    if (!asked) {
      this.end = { stop, finish: false }
      return
    }
    emit({ type: 'budget-request', stop })
    emit({ type: 'phase', phase: 'waiting-approval' })
    const answer = await asked
    emit({ type: 'budget-answer', answer })
    if (answer.choice === 'raise') budget.raise(stop, answer.to)
    else if (answer.choice !== 'room') this.end = { stop, finish: answer.choice === 'finish' }
  }
}
