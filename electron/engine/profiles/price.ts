import type { MicroUsd } from '#shared/lib/money.ts'
import { localKinds } from '#shared/profile/presets.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { Usage } from '#shared/spending/usage.ts'

/** Whether a cost can be known before a call is made; a USD limit is worth nothing without it. */
export function priceKnown(profile: Profile): boolean {
  return isFree(profile) || profile.inputCostPerMillion !== undefined || profile.outputCostPerMillion !== undefined
}

/** Fills in what the server did not report: computed from the profile's prices, 0 for one's own server, else unknown. */
export function withCost(usage: Usage, profile: Profile): Usage {
  if (!usage.costMicroUsd && isFree(profile)) return { ...usage, costMicroUsd: 0, costSource: 'free' }
  if (usage.costMicroUsd !== null) return { ...usage, costSource: 'reported' }
  const costMicroUsd = computedCost(usage, profile)
  return { ...usage, costMicroUsd, costSource: costMicroUsd === null ? 'unknown' : 'computed' }
}

/** What a prompt of this length costs at the most, in micro-dollars: nobody knows yet what the server has in its cache. */
export function promptCost(profile: Profile, inputTokens: number): MicroUsd {
  return Math.ceil(inputTokens * (profile.inputCostPerMillion ?? 0))
}

/** Micro-dollars for a token of output, of whatever kind. */
export function tokenPrice({
  outputCostPerMillion: output = 0,
  reasoningCostPerMillion: reasoning = 0,
}: Profile): number {
  return Math.max(output, reasoning)
}

/** What the cached part of the input would have cost more without the cache; null = no price says. */
export function savedByCache(usage: Usage, profile: Profile): MicroUsd | null {
  const { inputCostPerMillion: input, cachedInputCostPerMillion: cached } = profile
  if (usage.cachedInputTokens === null || input === undefined || cached === undefined) return null
  return Math.max(0, Math.round(usage.cachedInputTokens * (input - cached)))
}

function computedCost(usage: Usage, profile: Profile): MicroUsd | null {
  if (!priceKnown(profile) || usage.inputTokens === null || usage.outputTokens === null) return null
  const { inputCostPerMillion: input = 0, outputCostPerMillion: output = 0 } = profile
  const { cachedInputCostPerMillion: cachedInput = input } = profile
  const { reasoningCostPerMillion: reasoningOutput = output } = profile
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens)
  const reasoning = Math.min(usage.reasoningTokens ?? 0, usage.outputTokens)
  // USD per million tokens is micro-dollars per token.
  return Math.round(
    (usage.inputTokens - cached) * input +
      cached * cachedInput +
      (usage.outputTokens - reasoning) * output +
      reasoning * reasoningOutput,
  )
}

/** One's own server without prices, or prices of 0. */
function isFree(profile: Profile): boolean {
  const { inputCostPerMillion: input, outputCostPerMillion: output } = profile
  if (input === undefined && output === undefined) return localKinds.has(profile.kind)
  return !input && !output
}
