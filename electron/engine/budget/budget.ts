import type { BudgetStop, LimitName, Limits } from '#shared/budget.ts'
import type { Usage } from '#shared/usage.ts'

/** The purse of one run: counts what is spent and says when a limit leaves no room for more. */
export class Budget {
  readonly #limits: Limits
  readonly #now: () => number
  readonly #startedAt: number
  readonly #used = {
    inputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    costUsd: 0,
    toolCalls: 0,
    modelCalls: 0,
    turns: 0,
  }

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits
    this.#now = now
    this.#startedAt = now()
  }

  /**
   * Counts the call that starts now, or says which limit has no room for it. One iteration of the loop = one turn; a
   * summary is none.
   */
  takeModelCall(purpose: 'turn' | 'summary' = 'turn'): BudgetStop | null {
    const stop = this.#exhausted([
      ...(purpose === 'turn' ? (['turns'] as const) : []),
      'modelCalls',
      'totalTokens',
      'inputTokens',
      'outputTokens',
      'reasoningTokens',
      'costUsd',
      'wallTime',
    ])
    if (!stop) {
      this.#used.modelCalls++
      if (purpose === 'turn') this.#used.turns++
    }
    return stop
  }

  /** Counts a tool call before it runs, or says why it must not. */
  takeToolCall(): BudgetStop | null {
    const stop = this.#exhausted(['toolCalls', 'wallTime'])
    if (!stop) this.#used.toolCalls++
    return stop
  }

  add(usage: Usage): void {
    this.#used.inputTokens += usage.inputTokens ?? 0
    this.#used.outputTokens += usage.outputTokens ?? 0
    this.#used.reasoningTokens += usage.reasoningTokens ?? 0
    this.#used.costUsd += usage.costMicroUsd ?? 0
  }

  /** A limit that was passed although every call had room before it: the last answer was larger than what was left. */
  passed(): BudgetStop | null {
    const names: LimitName[] = ['totalTokens', 'inputTokens', 'outputTokens', 'reasoningTokens', 'costUsd']
    return this.#find(names, (used, allowed) => used > allowed)
  }

  /** The most output tokens that the next call may make; undefined = no limit says. */
  outputRoom(): number | undefined {
    const rooms = (['outputTokens', 'totalTokens'] as const).flatMap((name) => {
      const allowed = this.#limits[name]
      return allowed === undefined ? [] : [allowed - this.#usedOf(name)]
    })
    return rooms.length > 0 ? Math.max(1, Math.min(...rooms)) : undefined
  }

  /** The stop to report when an answer was cut because its output had no room left. */
  outputStop(): BudgetStop | null {
    const tightest = (['outputTokens', 'totalTokens'] as const)
      .filter((name) => this.#limits[name] !== undefined)
      .sort((a, b) => this.#roomOf(a) - this.#roomOf(b))[0]
    return tightest ? { limit: tightest, allowed: this.#limits[tightest] ?? 0, used: this.#usedOf(tightest) } : null
  }

  /** Milliseconds until the wall time is over; undefined = no limit. */
  timeLeft(): number | undefined {
    const allowed = this.#limits.wallTime
    return allowed === undefined ? undefined : Math.max(0, this.#startedAt + allowed - this.#now())
  }

  /** The stop to report when the wall-time timer has cut something. */
  wallTimeStop(): BudgetStop {
    return { limit: 'wallTime', allowed: this.#limits.wallTime ?? 0, used: this.#usedOf('wallTime') }
  }

  get needsPrice(): boolean {
    return this.#limits.costUsd !== undefined
  }

  #roomOf(name: LimitName): number {
    return (this.#limits[name] ?? Number.POSITIVE_INFINITY) - this.#usedOf(name)
  }

  #exhausted(names: LimitName[]): BudgetStop | null {
    return this.#find(names, (used, allowed) => used >= allowed)
  }

  #find(names: LimitName[], reached: (used: number, allowed: number) => boolean): BudgetStop | null {
    for (const limit of names) {
      const allowed = this.#limits[limit]
      const used = this.#usedOf(limit)
      if (allowed !== undefined && reached(used, allowed)) return { limit, allowed, used }
    }
    return null
  }

  #usedOf(name: LimitName): number {
    if (name === 'totalTokens') return this.#used.inputTokens + this.#used.outputTokens
    if (name === 'wallTime') return this.#now() - this.#startedAt
    return this.#used[name]
  }
}
