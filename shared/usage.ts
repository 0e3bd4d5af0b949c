import { z } from 'zod'

const Count = z.number().int().nonnegative()

/**
 * What one model call used. Tokens; `null` = the server did not say (never 0 for unknown).
 * `source` says where the counts come from: the server, our own estimate, or nowhere.
 */
export const Usage = z.object({
  inputTokens: Count.nullable(),
  outputTokens: Count.nullable(),
  /** Part of `inputTokens` that the server read from its prefix cache. */
  cachedInputTokens: Count.nullable(),
  /** Part of `outputTokens` that went into reasoning. */
  reasoningTokens: Count.nullable(),
  /** Micro-dollars; `null` = not known. 0 only where it is known to be free. */
  costMicroUsd: Count.nullable(),
  source: z.enum(['reported', 'estimated', 'unknown']),
})
export type Usage = z.infer<typeof Usage>

/** Sum of several calls: a part is `null` only if no call reported it; the weakest source wins. */
export interface UsageTotals extends Usage {
  modelCalls: number
}

export const noUsage: UsageTotals = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
  source: 'reported',
  modelCalls: 0,
}

export function addUsage(totals: UsageTotals, usage: Usage): UsageTotals {
  return {
    inputTokens: add(totals.inputTokens, usage.inputTokens),
    outputTokens: add(totals.outputTokens, usage.outputTokens),
    cachedInputTokens: add(totals.cachedInputTokens, usage.cachedInputTokens),
    reasoningTokens: add(totals.reasoningTokens, usage.reasoningTokens),
    costMicroUsd: add(totals.costMicroUsd, usage.costMicroUsd),
    source: weaker(totals.source, usage.source),
    modelCalls: totals.modelCalls + 1,
  }
}

function add(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b
}

function weaker(a: Usage['source'], b: Usage['source']): Usage['source'] {
  const order = ['reported', 'estimated', 'unknown'] as const
  return order[Math.max(order.indexOf(a), order.indexOf(b))] ?? 'unknown'
}
