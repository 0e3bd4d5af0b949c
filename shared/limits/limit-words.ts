import { formatMicroUsd } from '../lib/money.ts'
import type { BudgetScope, LimitName } from './budget.ts'

const units: Record<Exclude<LimitName, 'costUsd' | 'wallTime'>, readonly [one: string, many: string]> = {
  totalTokens: ['token', 'tokens'],
  inputTokens: ['input token', 'input tokens'],
  outputTokens: ['output token', 'output tokens'],
  reasoningTokens: ['reasoning token', 'reasoning tokens'],
  toolCalls: ['tool call', 'tool calls'],
  modelCalls: ['model call', 'model calls'],
  turns: ['turn', 'turns'],
}

/** `2,000 tokens`, `1 tool call`, `$0.50`, `1m 30s`. */
export function amountWords(limit: LimitName, amount: number): string {
  if (limit === 'costUsd') return formatMicroUsd(amount)
  if (limit === 'wallTime') return timeWords(amount)
  return `${groupedCount(amount)} ${units[limit][amount === 1 ? 0 : 1]}`
}

/** `1,234,567`. */
export function groupedCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

export const scopeWords: Record<BudgetScope, string> = {
  run: 'a run',
  'background-run': 'a background run',
  session: 'a session',
  day: 'a day',
  month: 'a month',
}

function timeWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds}ms`
  const seconds = Math.floor(milliseconds / 1000)
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const
  return parts.flatMap(([value, unit]) => (value > 0 ? [`${value}${unit}`] : [])).join(' ')
}
