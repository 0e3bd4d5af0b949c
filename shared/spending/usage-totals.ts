import type { Usage } from './usage.ts'

/** Sum of several calls: a part is `null` only if no call reported it; the weakest source wins. */
export interface UsageTotals extends Usage {
  /** All that were begun, also those that were refused and used nothing. */
  modelCalls: number
}

/** Nobody counted. */
export const unknownUsage: Usage = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
  source: 'unknown',
}

export const noUsage: UsageTotals = { ...unknownUsage, source: 'reported', modelCalls: 0 }

export function addUsage(totals: UsageTotals, usage: Usage): UsageTotals {
  return {
    inputTokens: add(totals.inputTokens, usage.inputTokens),
    outputTokens: add(totals.outputTokens, usage.outputTokens),
    cachedInputTokens: add(totals.cachedInputTokens, usage.cachedInputTokens),
    reasoningTokens: add(totals.reasoningTokens, usage.reasoningTokens),
    ...((totals.reasoningSource ?? usage.reasoningSource) && { reasoningSource: 'estimated' }),
    costMicroUsd: add(totals.costMicroUsd, usage.costMicroUsd),
    source: weaker(totals.source, usage.source),
    modelCalls: totals.modelCalls,
  }
}

export function addModelCall(totals: UsageTotals): UsageTotals {
  return { ...totals, modelCalls: totals.modelCalls + 1 }
}

/** Something was counted; a call that has only begun, or was refused, has used nothing. */
export function wasCounted({ inputTokens, outputTokens, costMicroUsd }: Usage): boolean {
  return [inputTokens, outputTokens, costMicroUsd].some((part) => part !== null)
}

function add(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b
}

function weaker(a: Usage['source'], b: Usage['source']): Usage['source'] {
  const order = ['reported', 'estimated', 'unknown'] as const
  return order[Math.max(order.indexOf(a), order.indexOf(b))] ?? 'unknown'
}
