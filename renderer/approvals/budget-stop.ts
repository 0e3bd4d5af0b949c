import type { BudgetScope, BudgetStop } from '#shared/limits/budget.ts'
import { setterOf } from '#shared/limits/effective-limits.ts'
import { originWords, settingWords } from '#shared/limits/limit-words.ts'
import { leavesRoom } from '#shared/limits/stop-now.ts'
import { readLimit, type Typed } from '../budget/limit-values.ts'
import { formatCount, formatDollars } from '../lib/format.ts'
import { exactAmount, limitWords, unitWord } from '../lib/limits.ts'

const scopes: Readonly<Record<BudgetScope, string>> = {
  run: 'of this run',
  session: 'of this session',
  'background-run': 'of this background run',
  day: 'of today',
  month: 'of this month',
}

/** Which limit it is: "tokens of this session". Old journals do not know its scope. */
export function stopTitle({ limit, scope }: BudgetStop): string {
  return scope ? `${limitWords[limit]} ${scopes[scope]}` : limitWords[limit]
}

export interface StopFact {
  name: string
  text: string
  /** It can be changed on the page *Budgets*. */
  onBudgets?: true
}

/** How much, by whom it was set, and what it went into. */
export function stopFacts(stop: BudgetStop): StopFact[] {
  const { limit, allowed, used, needs, top = [] } = stop
  const amount = `${exactAmount(limit, used)} of ${exactAmount(limit, allowed)}${unitWord(limit, allowed)}`
  return [
    { name: 'Used', text: needs ? `${amount}; the next step needs ${exactAmount(limit, needs)} more` : amount },
    ...originFacts(stop),
    ...(top.length > 0
      ? [
          {
            name: topName(stop),
            text: top.map((call) => callWords(call, limit)).join(' · '),
          },
        ]
      : []),
  ]
}

/** What the settings say is set on the page *Budgets*, and nowhere else. Old journals may not know who set it. */
function originFacts(stop: BudgetStop): StopFact[] {
  const setBy = setterOf(stop)
  if (setBy === null) return []
  const { scope = 'run' } = stop
  return setBy.kind === 'settings'
    ? [{ name: 'Set on', text: `Budgets: ${settingWords(scope, setBy.profileName)}`, onBudgets: true }]
    : [{ name: 'Set by', text: originWords({ setBy, scope }) }]
}

/** What stands in the field of *Raise to*: a limit that leaves room for the next step. */
export function readRaise(stop: BudgetStop, text: string): Typed {
  const { limit, used, needs = 0 } = stop
  const read = readLimit(limit, text)
  if (!read.ok || leavesRoom(stop, read.value)) return read
  if (needs > 0)
    return { ok: false, problem: `The next step needs more: write at least ${exactAmount(limit, used + needs)}.` }
  const amount = exactAmount(limit, used)
  return { ok: false, problem: `${amount}${unitWord(limit, used)} used already: write more than ${amount}.` }
}

type TopCall = NonNullable<BudgetStop['top']>[number]

function callWords({ label, tokens, costMicroUsd }: TopCall, limit: BudgetStop['limit']): string {
  if (limit === 'costUsd' && costMicroUsd !== null) return `${label}: ${formatDollars(costMicroUsd)}`
  return `${label}: ${formatCount(tokens)} tokens`
}

/** The calls are those of this turn, which are all that a run has, and only a part of a day. */
function topName({ limit, scope }: BudgetStop): string {
  if (!isShareOf(limit)) return 'Most tokens'
  return scope === undefined || scope === 'run' || scope === 'background-run' ? 'Most of it' : 'Most of this turn'
}

/** Calls are listed by what they cost or read and wrote; other limits are used up in another way. */
function isShareOf(limit: BudgetStop['limit']): boolean {
  return limit === 'costUsd' || limit.endsWith('Tokens')
}
