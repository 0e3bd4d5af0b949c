import type { ProfileId } from '#shared/ids.ts'
import type { LimitName } from '#shared/limits/budget.ts'

/** What was used, in the units of the limits; tokens of both kinds together are their sum. */
export type Counts = Record<Exclude<LimitName, 'totalTokens'>, number>

export function noCounts(): Counts {
  return {
    inputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    costUsd: 0,
    toolCalls: 0,
    modelCalls: 0,
    turns: 0,
    wallTime: 0,
  }
}

/** Adds counts to `sum`, which changes, as everything does that folds a ledger. `sign` -1 takes them away again. */
export function addCounts(sum: Counts, more: Counts, sign: 1 | -1 = 1): void {
  sum.inputTokens += sign * more.inputTokens
  sum.outputTokens += sign * more.outputTokens
  sum.reasoningTokens += sign * more.reasoningTokens
  sum.costUsd += sign * more.costUsd
  sum.toolCalls += sign * more.toolCalls
  sum.modelCalls += sign * more.modelCalls
  sum.turns += sign * more.turns
  sum.wallTime += sign * more.wallTime
}

/** Counts of all profiles together (null), and of each. */
export class CountsByProfile {
  readonly #counts = new Map<ProfileId | null, Counts>()

  add(profileId: ProfileId, more: Partial<Counts>): void {
    for (const whose of [null, profileId]) {
      const counts = this.of(whose)
      addCounts(counts, { ...noCounts(), ...more })
      this.#counts.set(whose, counts)
    }
  }

  /** A copy. */
  of(profileId: ProfileId | null): Counts {
    return { ...noCounts(), ...this.#counts.get(profileId) }
  }

  copy(): CountsByProfile {
    const copy = new CountsByProfile()
    for (const [profileId, counts] of this.#counts) copy.#counts.set(profileId, { ...counts })
    return copy
  }
}

export function countOf(counts: Counts, limit: LimitName): number {
  return limit === 'totalTokens' ? counts.inputTokens + counts.outputTokens : counts[limit]
}
