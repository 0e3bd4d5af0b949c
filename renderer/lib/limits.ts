import { formatMicroUsd } from '#shared/lib/money.ts'
import type { BudgetScope, LimitName } from '#shared/limits/budget.ts'
import { formatCount, formatDollars, formatDuration, formatRoundDollars, formatWhole } from './format.ts'

const ONE_DOLLAR = 1_000_000

/** What a limit counts, in the words of a sentence: "the limit on … is reached". */
export const limitWords: Readonly<Record<LimitName, string>> = {
  costUsd: 'cost',
  totalTokens: 'tokens',
  inputTokens: 'tokens read',
  outputTokens: 'tokens written',
  reasoningTokens: 'reasoning tokens',
  modelCalls: 'model calls',
  toolCalls: 'tool calls',
  turns: 'turns',
  wallTime: 'wall time',
}

/** What a limit counts over, as the title of a row. */
export const scopeNames: Readonly<Record<BudgetScope, string>> = {
  run: 'One run',
  session: 'One session',
  'background-run': 'One background run',
  day: 'A day',
  month: 'A month',
}

/**
 * An amount in the limit's unit, to the last token, and below a dollar to its last part: "400,112", "$0.008099", "1 min 12
 * s".
 */
export function exactAmount(limit: LimitName, value: number): string {
  if (limit === 'costUsd') return value < ONE_DOLLAR ? formatMicroUsd(value) : formatDollars(value)
  return limit === 'wallTime' ? wholeDuration(value) : formatWhole(value)
}

/** Short, as it is used so far: "1.84 M", "$3.18". */
export function usedAmount(limit: LimitName, value: number): string {
  if (limit === 'costUsd') return formatDollars(value)
  return limit === 'wallTime' ? wholeDuration(value) : formatCount(value)
}

/** Short, as a person set it: "5 M", "400k", "$10", "2 h". */
export function limitAmount(limit: LimitName, value: number): string {
  if (limit === 'costUsd') return formatRoundDollars(value)
  return limit === 'wallTime'
    ? wholeDuration(value)
    : formatCount(value)
        .replace(/(\.\d*?)0+(?= )/, '$1')
        .replace('. ', ' ')
}

/** The word behind an amount, " tool calls" or " tool call"; money and time carry their unit. */
export function unitWord(limit: LimitName, amount: number): string {
  if (limit === 'costUsd' || limit === 'wallTime') return ''
  return ` ${amount === 1 ? limitWords[limit].replace(/s(?= |$)/, '') : limitWords[limit]}`
}

function wholeDuration(milliseconds: number): string {
  return formatDuration(milliseconds, milliseconds % 1000 !== 0).replace(/ 0 min$/, '')
}
