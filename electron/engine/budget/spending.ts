import type { Spending } from '#shared/spending/spending.ts'
import type { SpendLine } from './ledger-line.ts'

/** Adds a line in place: a fold over a month would otherwise make as many objects as it has lines. */
export function addSpend(sum: Spending, line: SpendLine): void {
  for (const name in line.tools) sum.toolCalls += line.tools[name] ?? 0
  if (line.label === 'tools') return
  const input = line.input ?? 0
  const output = line.output ?? 0
  sum.modelCalls++
  sum.inputTokens += input
  sum.cachedInputTokens += line.cached ?? 0
  sum.outputTokens += output
  sum.reasoningTokens += line.reasoning ?? 0
  if (line.counted !== 'reported') sum.estimatedTokens += input + output
  if (line.saved !== null) sum.savedMicroUsd = (sum.savedMicroUsd ?? 0) + line.saved
  if (line.costSource === 'free') sum.freeCalls++
  else if (line.cost === null) sum.unknownCalls++
  else if (line.costSource === 'reported') sum.reportedMicroUsd += line.cost
  else sum.estimatedMicroUsd += line.cost
}

/** Known money of a sum, wherever it is known from. */
export function knownCost(spending: Spending): number {
  return spending.reportedMicroUsd + spending.estimatedMicroUsd
}
