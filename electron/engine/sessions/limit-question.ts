import { FailureError } from '#shared/failure.ts'
import type { BudgetAnswer, BudgetDecision, BudgetStop, LimitSource } from '#shared/limits/budget.ts'
import type { Budget } from '../budget/budget.ts'
import type { Ledger } from '../budget/ledger.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import { OpenQuestions } from './open-questions.ts'
import type { SessionServices } from './session-services.ts'

/** There is one at a time. */
const THE_LIMIT = 'limit'

/** The question at a limit of the turn that goes on: it waits for a person, or until the limit does not hold any longer. */
export class LimitQuestion {
  readonly #questions = new OpenQuestions<BudgetDecision>()
  readonly #ledger: Ledger
  #waits: (() => void) | null = null

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  /** A turn keeps to the rules of now, whoever changes them, until the returned function is called. */
  follow(
    budget: Budget,
    sources: () => readonly LimitSource[],
    onChange: SessionServices['onLimitsChange'],
  ): Unsubscribe {
    return onChange(() => {
      budget.follow(sources())
      this.#waits?.()
    })
  }

  /** `limit`: milliseconds until it is as if nobody watched; null = it waits for ever. Rejects when `signal` aborts. */
  async ask(
    stop: BudgetStop,
    budget: Budget,
    { signal, limit }: { signal: AbortSignal; limit: number | null },
  ): Promise<BudgetDecision> {
    const check = () => {
      if (budget.hasRoom(stop)) this.#questions.answer(THE_LIMIT, { choice: 'room' })
    }
    this.#waits = check
    const unsubscribe = this.#ledger.onChange(check)
    // Without it only a change of the rules is seen; who asks the ledger next hears what is wrong with it.
    this.#ledger.watch().catch((error: unknown) => {
      if (!(error instanceof FailureError)) throw error
    })
    try {
      return await this.#questions.ask(THE_LIMIT, { signal, limit, unanswered: { choice: 'stop' } })
    } finally {
      unsubscribe()
      this.#waits = null
    }
  }

  /** Answers the question; false = nothing waits any more. */
  answer(answer: BudgetAnswer): boolean {
    return this.#questions.answer(THE_LIMIT, answer)
  }

  /** Nobody can answer any more; whoever asked has been told by its signal. */
  clear(): void {
    this.#questions.clear()
  }
}
