import type { BudgetScope, LimitName } from '#shared/limits/budget.ts'
import { dayOf } from '#shared/spending/day.ts'
import { type Flag, filled, oneOf, toggle, UsageError } from './flag.ts'
import type { FlagValues } from './parse-flags.ts'

const groups = ['profile', 'model', 'project', 'day', 'session'] as const

export const budgetFlags = {
  since: day('From this day on, such as 7d for the last seven days, 4w, or 2026-11-01.'),
  until: day('Up to this day.'),
  by: oneOf(groups, `Sum by ${groups.join(', ')}.`),
  profile: filled('<profile>', 'Only what this profile spends, or its limit.'),
  json: toggle('Print JSON; amounts in USD are micro-dollars.'),
  csv: toggle('Print every call of the range as CSV, or with --by the sums.'),
  help: toggle('Show this help.'),
}
export type BudgetFlags = FlagValues<typeof budgetFlags>

/** As they are written on the command line. */
export const limitNames: Readonly<Record<string, LimitName>> = {
  'total-tokens': 'totalTokens',
  'input-tokens': 'inputTokens',
  'output-tokens': 'outputTokens',
  'reasoning-tokens': 'reasoningTokens',
  usd: 'costUsd',
  'tool-calls': 'toolCalls',
  'model-calls': 'modelCalls',
  turns: 'turns',
  'wall-time': 'wallTime',
}

export const limitScopes: readonly BudgetScope[] = ['run', 'background-run', 'session', 'day', 'month']

const DAY_MS = 86_400_000

/** A day of the person's time zone. */
function day(help: string): Flag<string> {
  const read = (value: string) => {
    const [, count, unit] = /^(\d{1,4})([dw])$/.exec(value) ?? []
    if (count) return dayOf(Date.now() - (Number(count) * (unit === 'w' ? 7 : 1) - 1) * DAY_MS)
    const date = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T12:00`) : null
    if (date && dayOf(date.getTime()) === value) return value
    throw new UsageError(`needs a number of days such as 7d, or a day such as 2026-11-01, not "${value}"`)
  }
  return { placeholder: '<day>', help, read }
}
