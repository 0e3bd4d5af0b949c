import type { BudgetStop } from '#shared/limits/budget.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { ProfileUse, SessionEntry } from '#shared/session/session-entry.ts'
import type { BegunRun, CostlyCall } from '../budget/begun-run.ts'
import { SessionCounts } from './session-counts.ts'

/** A turn that nobody ended, as its journal tells it: how it is run, and what it came to so far. */
export interface OpenTurn {
  options: SendOptions
  begun: BegunRun
}

/**
 * The newest turn as a fold over the journal. A turn that was taken up again is a run of its own: what it came to before
 * counts for the session only.
 */
export class NewestTurn {
  #profile: ProfileUse | null = null
  #options: SendOptions = {}
  #run: RunSoFar | null = null

  apply(entry: SessionEntry): void {
    switch (entry.type) {
      case 'session-start':
      case 'profile':
        this.#profile = entry.profile
        break
      case 'turn-start':
        this.#options = entry.options ?? {}
        this.#run = new RunSoFar(entry.at, this.#profile)
        return
      case 'turn-resume':
        this.#run = new RunSoFar(entry.at, this.#profile)
        return
      case 'turn-end':
        this.#run = null
        return
    }
    this.#run?.apply(entry)
  }

  /** How it is run. */
  get options(): SendOptions {
    return this.#options
  }

  /** What is known of it if nobody ended it; null = it has an end, or there is none. A copy. */
  open(): OpenTurn | null {
    return this.#run && { options: this.#options, begun: this.#run.begun() }
  }
}

/** What a run came to. */
class RunSoFar {
  readonly #startedAt: number
  readonly #counts = new SessionCounts()
  readonly #calls: CostlyCall[] = []
  readonly #raises: { stop: BudgetStop; to: number }[] = []
  #label = ''
  #stop: BudgetStop | null = null

  constructor(startedAt: number, profile: ProfileUse | null) {
    this.#startedAt = startedAt
    this.#counts.answeredBy(profile)
  }

  apply(entry: SessionEntry): void {
    this.#counts.apply(entry)
    if (entry.type === 'model-call-start') {
      this.#label = `${entry.purpose ?? `model call ${this.#calls.length + 1}`}, ${entry.model}`
    } else if (entry.type === 'usage') {
      const { inputTokens, outputTokens, costMicroUsd } = entry.usage
      this.#calls.push({ label: this.#label, tokens: (inputTokens ?? 0) + (outputTokens ?? 0), costMicroUsd })
    } else if (entry.type === 'budget-request') this.#stop = entry.stop
    else if (entry.type === 'budget-answer' && entry.answer.choice === 'raise' && this.#stop)
      this.#raises.push({ stop: this.#stop, to: entry.answer.to })
  }

  begun(): BegunRun {
    return {
      startedAt: this.#startedAt,
      counts: this.#counts.counts.copy(),
      calls: [...this.#calls],
      raises: [...this.#raises],
    }
  }
}
