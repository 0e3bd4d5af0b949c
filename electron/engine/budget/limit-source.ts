import type { BudgetScope, Limits } from '#shared/budget.ts'
import type { ProfileId } from '#shared/ids.ts'

/** One place that sets limits. The tightest room of all sources wins, and a stop names scope and origin of its source. */
export interface LimitSource {
  scope: BudgetScope
  /** For a person: a flag, a setting, the path of a manifest. */
  origin: string
  limits: Limits
  profileId?: ProfileId
  /** Its limits replace those that the settings have for the same scope, also where they are looser: a trusted manifest. */
  raises?: boolean
}
