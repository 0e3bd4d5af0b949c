import type { Counts } from './counts.ts'
import type { SpendLine } from './ledger-line.ts'

/** What a line of the ledger comes to, in the units of the limits. */
export function countsOfSpend(line: SpendLine): Counts {
  const isCall = line.label !== 'tools'
  let toolCalls = 0
  for (const name in line.tools) toolCalls += line.tools[name] ?? 0
  return {
    inputTokens: line.input ?? 0,
    outputTokens: line.output ?? 0,
    reasoningTokens: line.reasoning ?? 0,
    costUsd: line.cost ?? 0,
    toolCalls,
    modelCalls: isCall ? 1 : 0,
    turns: line.label === 'answer' ? 1 : 0,
    wallTime: line.ms,
  }
}
