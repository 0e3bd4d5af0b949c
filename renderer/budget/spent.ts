import { counted } from '#shared/lib/counted.ts'
import type { Spending } from '#shared/spending/spending.ts'
import { formatDollars } from '../lib/format.ts'

/** How the cost of something is known. `none` = there were no calls. */
export type CostSource = 'reported' | 'estimated' | 'unknown' | 'free' | 'none'

/** Micro-dollars that somebody knows of; what is not known is not in it. */
export function knownCost({ reportedMicroUsd, estimatedMicroUsd }: Spending): number {
  return reportedMicroUsd + estimatedMicroUsd
}

export function totalTokens({ inputTokens, outputTokens }: Spending): number {
  return inputTokens + outputTokens
}

/** The weakest that any part of the known cost has; unknown only where nothing else is known. */
export function costSource(spending: Spending): CostSource {
  if (spending.estimatedMicroUsd > 0) return 'estimated'
  if (spending.reportedMicroUsd > 0) return 'reported'
  if (spending.unknownCalls > 0) return 'unknown'
  return spending.modelCalls > 0 ? 'free' : 'none'
}

/** "$38.65", "$13.12 + unknown", "not known", "free", and "$0.00" where nothing was asked. */
export function costWords(spending: Spending): string {
  switch (costSource(spending)) {
    case 'unknown':
      return 'not known'
    case 'free':
      return 'free'
    case 'none':
      return formatDollars(0)
    default:
      return `${formatDollars(knownCost(spending))}${spending.unknownCalls > 0 ? ' + unknown' : ''}`
  }
}

/** 0 to 1; null = nothing was read. */
export function cachedShare({ cachedInputTokens, inputTokens }: Spending): number | null {
  return inputTokens === 0 ? null : cachedInputTokens / inputTokens
}

export function callsWords(count: number): string {
  return counted(count, 'call')
}
