import type { MicroUsd } from '#shared/money.ts'
import { localKinds } from '#shared/presets.ts'
import type { Profile } from '#shared/profile.ts'
import type { Usage } from '#shared/usage.ts'

/** Whether a cost can be known before a call is made; a USD limit is worth nothing without it. */
export function priceKnown(profile: Profile): boolean {
  return isFree(profile) || profile.inputCostPerMillion !== undefined || profile.outputCostPerMillion !== undefined
}

/** Fills in what the server did not report: computed from the profile's prices, 0 for one's own server, else unknown. */
export function withCost(usage: Usage, profile: Profile): Usage {
  return usage.costMicroUsd === null ? { ...usage, costMicroUsd: cost(usage, profile) } : usage
}

function cost(usage: Usage, profile: Profile): MicroUsd | null {
  if (isFree(profile)) return 0
  if (!priceKnown(profile) || usage.inputTokens === null || usage.outputTokens === null) return null
  const { inputCostPerMillion: input = 0, outputCostPerMillion: output = 0 } = profile
  const { cachedInputCostPerMillion: cachedInput = input } = profile
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens)
  // USD per million tokens is micro-dollars per token.
  return Math.round((usage.inputTokens - cached) * input + cached * cachedInput + usage.outputTokens * output)
}

function isFree(profile: Profile): boolean {
  const priced = profile.inputCostPerMillion !== undefined || profile.outputCostPerMillion !== undefined
  return localKinds.has(profile.kind) && !priced
}
