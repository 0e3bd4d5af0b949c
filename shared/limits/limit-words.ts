import { assertNever } from '../lib/assert-never.ts'
import { counted } from '../lib/counted.ts'
import { formatMicroUsd } from '../lib/money.ts'
import type { BudgetScope, Limit, LimitName } from './budget.ts'

const units: Record<Exclude<LimitName, 'costUsd' | 'wallTime'>, string> = {
  totalTokens: 'token',
  inputTokens: 'input token',
  outputTokens: 'output token',
  reasoningTokens: 'reasoning token',
  toolCalls: 'tool call',
  modelCalls: 'model call',
  turns: 'turn',
}

/** `2,000 tokens`, `1 tool call`, `$0.50`, `1m 30s`. */
export function amountWords(limit: LimitName, amount: number): string {
  if (limit === 'costUsd') return formatMicroUsd(amount)
  if (limit === 'wallTime') return timeWords(amount)
  return counted(amount, units[limit])
}

export const scopeWords: Record<BudgetScope, string> = {
  run: 'a run',
  'background-run': 'a background run',
  session: 'a session',
  day: 'a day',
  month: 'a month',
}

/** Where a limit was set: `Budgets: a day, OpenRouter`, a manifest's path, `--max-total-tokens`. */
export function originWords({ setBy, scope }: Pick<Limit, 'setBy' | 'scope'>): string {
  switch (setBy.kind) {
    case 'settings':
      return `Budgets: ${settingWords(scope, setBy.profileName)}`
    case 'policy':
      return setBy.path
    case 'run':
      return setBy.option
    default:
      return assertNever(setBy)
  }
}

/** `a day`, `a day, OpenRouter`. */
export function settingWords(scope: BudgetScope, profileName: string | undefined): string {
  return profileName === undefined ? scopeWords[scope] : `${scopeWords[scope]}, ${profileName}`
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
