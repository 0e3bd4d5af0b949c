import { assertNever } from '#shared/lib/assert-never.ts'
import type { BudgetStop } from '#shared/limits/budget.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { PlannedCall } from './planned-call.ts'
import type { Progress, Purse } from './purse.ts'
import type { RunLimit } from './run-limits.ts'

/** What an answer may come to by a group of limits. */
export interface Room {
  output: number
  reasoning: number
  /** The limits that say so; null = none does. */
  outputLimit: RunLimit | null
  reasoningLimit: RunLimit | null
}

export const endless: Room = {
  output: Number.POSITIVE_INFINITY,
  reasoning: Number.POSITIVE_INFINITY,
  outputLimit: null,
  reasoningLimit: null,
}

export interface CallTerms {
  /** By the limits that nobody else spends from. */
  own: Room
  /** By those that others spend from as well, when the call began. */
  shared: Room
  /** Of `shared`, what is reserved for this call. */
  granted: Progress
  /** The id of the reservation; null = nothing had to be reserved. */
  reservation: string | null
}

/** One call of a model within the budget of its run: from the permission to send it to the line in the ledger. */
export class CallBudget {
  readonly #purse: Purse
  readonly planned: PlannedCall
  readonly #terms: CallTerms
  /** The limit that cut the answer. */
  #cutBy: RunLimit | null = null
  #settled = false

  constructor(purse: Purse, planned: PlannedCall, terms: CallTerms) {
    this.#purse = purse
    this.planned = planned
    this.#terms = terms
  }

  /** The most that the server may be asked for; undefined = no limit says. */
  get maxOutputTokens(): number | undefined {
    const { own, shared, granted } = this.#terms
    const room = Math.min(own.output, shared.output, this.planned.stream ? Number.POSITIVE_INFINITY : granted.output)
    return Number.isFinite(room) ? Math.max(1, room) : undefined
  }

  /** Whether a limit could cut the answer in its middle. */
  get isBounded(): boolean {
    const { own, granted } = this.#terms
    return [own.output, own.reasoning, granted.output, granted.reasoning].some(Number.isFinite)
  }

  /**
   * Whether an answer that has come so far is longer than it may be, and must be cut here. A promise = more had to be
   * reserved; nothing more should be read before it is there. `FailureError` `storage`.
   */
  mustCut(progress: Progress): boolean | Promise<boolean> {
    const { own, granted } = this.#terms
    if (progress.output > own.output) this.#cutBy = own.outputLimit
    else if (progress.reasoning > own.reasoning) this.#cutBy = own.reasoningLimit
    else if (progress.output > granted.output || progress.reasoning > granted.reasoning) return this.#extend(progress)
    return this.#cutBy !== null
  }

  /** The server ended its answer at what it was asked for at the most. */
  cutByServer(outputTokens: number): void {
    const { own, shared } = this.#terms
    const tightest = own.output <= shared.output ? own : shared
    if (outputTokens >= tightest.output) this.#cutBy ??= tightest.outputLimit
  }

  /** Writes down what it came to. The limit that it reached, or null. */
  async settle(usage: Usage): Promise<BudgetStop | null> {
    this.#settled = true
    await this.#purse.settle(this.planned, this.#terms.reservation, usage)
    return this.#purse.passed() ?? (this.#cutBy && this.#purse.stopAt(this.#cutBy))
  }

  /** Gives back what was reserved for a call that spent nothing. Does nothing after `settle`. */
  async release(): Promise<void> {
    if (this.#settled) return
    this.#settled = true
    await this.#purse.release(this.#terms.reservation)
  }

  async #extend(progress: Progress): Promise<boolean> {
    const { granted, reservation } = this.#terms
    if (reservation === null) throw new Error('What is not reserved cannot be used up.')
    const beyond: Progress = {
      output: Math.max(0, progress.output - granted.output),
      reasoning: Math.max(0, progress.reasoning - granted.reasoning),
    }
    const extension = await this.#purse.extend(this.planned, reservation, beyond)
    switch (extension.kind) {
      case 'refused':
        this.#cutBy = extension.limit
        return true
      case 'extended':
        granted.output += beyond.output + extension.more.output
        granted.reasoning += beyond.reasoning + extension.more.reasoning
        return false
      default:
        return assertNever(extension)
    }
  }
}
