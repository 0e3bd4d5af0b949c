import type { BudgetStop } from '#shared/limits/budget.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { PlannedCall } from './planned-call.ts'
import type { Refusal, RunLimit } from './run-limits.ts'

/** Tokens of an answer so far; `reasoning` is part of `output`. */
export interface Progress {
  output: number
  reasoning: number
}

/** More tokens that a call may receive, or the limit that has none left. */
export type Extension = { kind: 'extended'; more: Progress } | Refusal

/** What one call of a model needs of the run that pays for it. */
export interface Purse {
  /** Reserves more for an answer that is longer than what is reserved; `beyond` is here already. `FailureError` `storage`. */
  extend(planned: PlannedCall, reservation: string, beyond: Progress): Promise<Extension>
  /** Writes into the ledger what the call spent, and gives back the rest of its reservation. */
  settle(planned: PlannedCall, reservation: string | null, usage: Usage): Promise<void>
  /** Gives back the reservation of a call that spent nothing. */
  release(reservation: string | null): Promise<void>
  /** A limit that was passed although there was room before; null = none. */
  passed(): BudgetStop | null
  /** What there is to tell of a limit that is reached. */
  stopAt(limit: RunLimit): BudgetStop
}
