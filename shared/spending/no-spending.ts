import type { Spending } from './spending.ts'

/** A sum of nothing. No schema in here: the page loads it before its first paint. */
export function noSpending(): Spending {
  return {
    modelCalls: 0,
    toolCalls: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    estimatedTokens: 0,
    reportedMicroUsd: 0,
    estimatedMicroUsd: 0,
    unknownCalls: 0,
    freeCalls: 0,
    savedMicroUsd: null,
  }
}
