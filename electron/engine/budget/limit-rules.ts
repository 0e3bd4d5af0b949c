import type { BudgetScope, LimitName, LimitRule } from '#shared/limits/budget.ts'

/** One limit that a person sets or (null) takes away. */
export interface LimitChange {
  scope: BudgetScope
  profileId: LimitRule['profileId']
  limit: LimitName
  /** In the unit of the limit. */
  value: number | null
}

/** One rule for each scope and profile; one without limits goes. */
export function withLimit(rules: readonly LimitRule[], { scope, profileId, limit, value }: LimitChange): LimitRule[] {
  const fits = (rule: LimitRule) => rule.scope === scope && rule.profileId === profileId
  const { [limit]: _before, ...others } = rules.find(fits)?.limits ?? {}
  const limits = value === null ? others : { ...others, [limit]: value }
  const changed = Object.keys(limits).length > 0 ? [{ scope, profileId, limits }] : []
  const at = rules.findIndex(fits)
  return at < 0 ? [...rules, ...changed] : rules.toSpliced(at, 1, ...changed)
}
