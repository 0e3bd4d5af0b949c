import type { BudgetStop } from '#shared/limits/budget.ts'
import type { CountsByProfile } from './counts.ts'

/** What a run was and came to in the process where it began: one that moved has no more to spend than one that stayed. */
export interface BegunRun {
  /** Milliseconds since 1970. */
  startedAt: number
  /** But for its time, which is counted from `startedAt`. */
  counts: CountsByProfile
  calls: readonly CostlyCall[]
  /** What a person gave to it, in the order in which it was given. */
  raises: readonly { stop: BudgetStop; to: number }[]
}

export type CostlyCall = NonNullable<BudgetStop['top']>[number]
