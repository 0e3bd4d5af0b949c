import type { BudgetStop } from '#shared/budget.ts'
import type { ProfileId } from '#shared/ids.ts'
import type { Counts } from './counts.ts'

/** What a run was and came to in the process where it began: one that moved has no more to spend than one that stayed. */
export interface BegunRun {
  /** Milliseconds since 1970. */
  startedAt: number
  /** By all profiles (null), or by one of them. Its time is counted from `startedAt`. */
  countsOf(profileId: ProfileId | null): Counts
  calls: readonly CostlyCall[]
  /** What a person gave to it, in the order in which it was given. */
  raises: readonly { stop: BudgetStop; to: number }[]
}

export type CostlyCall = NonNullable<BudgetStop['top']>[number]
