import type { ProfileId } from '#shared/ids.ts'
import type { BudgetScope, LimitName, LimitRule, Limits } from '#shared/limits/budget.ts'
import { scopeWords } from '#shared/limits/limit-words.ts'

/** Who sets limits: flags, the settings, a policy manifest. */
export interface LimitSource {
  scope: BudgetScope
  /** For a person: "--max-total-tokens", "Settings: a day, OpenRouter", a manifest's path. */
  origin: string
  limits: Limits
  /** Only what this profile spends counts. */
  profileId?: ProfileId
  /** Takes the place of the settings of the same scope: a trusted manifest. */
  raises?: boolean
  /** Gives way to one that raises: a setting of the person. All else can only be made tighter. */
  yields?: boolean
}

/** One limit of one source. */
export interface Limit {
  name: LimitName
  allowed: number
  scope: BudgetScope
  origin: string
  profileId: ProfileId | null
}

/** In this order a run asks, so that of two that are reached at once always the same one is named. */
export const limitOrder: readonly LimitName[] = [
  'turns',
  'modelCalls',
  'totalTokens',
  'inputTokens',
  'outputTokens',
  'reasoningTokens',
  'costUsd',
  'toolCalls',
  'wallTime',
]

/** The limits of all sources; the tightest comes first of those with one name. */
export function limitsOf(sources: readonly LimitSource[]): Limit[] {
  const raised = new Set(
    sources.flatMap(({ scope, raises, limits }) =>
      raises ? Object.keys(limits).map((name) => `${scope} ${name}`) : [],
    ),
  )
  return limitOrder.flatMap((name) =>
    sources
      .flatMap(({ scope, origin, limits, profileId, yields }): Limit[] => {
        const allowed = limits[name]
        if (allowed === undefined || (yields && raised.has(`${scope} ${name}`))) return []
        return [{ name, allowed, scope, origin, profileId: profileId ?? null }]
      })
      .sort((a, b) => a.allowed - b.allowed),
  )
}

/** Those of the settings. `nameOf` a profile, for the origin. */
export function sourcesOfRules(rules: readonly LimitRule[], nameOf: (id: ProfileId) => string): LimitSource[] {
  return rules.map(({ scope, profileId, limits }) => ({
    scope,
    limits,
    yields: true,
    origin: `Settings: ${scopeWords[scope]}${profileId === null ? '' : `, ${nameOf(profileId)}`}`,
    ...(profileId !== null && { profileId }),
  }))
}
