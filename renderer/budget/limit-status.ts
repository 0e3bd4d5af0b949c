import type { BudgetScope, LimitName, LimitRule, Standing } from '#shared/limits/budget.ts'
import type { Spending } from '#shared/spending/spending.ts'
import { exactAmount, limitAmount, limitWords, scopeNames, unitWord, usedAmount } from '../lib/limits.ts'
import { knownCost, totalTokens } from './spent.ts'

/** One row of the card: what a person set for one scope, and of one profile or everything. */
export interface LimitGroup {
  /** "day" or "day openrouter". */
  key: string
  scope: BudgetScope
  profileId: LimitRule['profileId']
  /** In the order of the card; never empty. */
  limits: readonly Standing[]
}

/** In the order in which they are listed and offered. */
export const scopes: readonly BudgetScope[] = ['day', 'month', 'session', 'run', 'background-run']

/** The same of what a limit is on: money first. */
export const limitNames: readonly LimitName[] = [
  'costUsd',
  'totalTokens',
  'inputTokens',
  'outputTokens',
  'reasoningTokens',
  'modelCalls',
  'toolCalls',
  'turns',
  'wallTime',
]

/** Days and months before sessions and runs; in each, everything before single profiles. */
export function groupLimits(limits: readonly Standing[]): LimitGroup[] {
  const groups = new Map<string, LimitGroup & { limits: Standing[] }>()
  for (const status of limits) {
    const { scope, profileId } = status
    const key = profileId === null ? scope : `${scope} ${profileId}`
    const group = groups.get(key)
    if (group) group.limits.push(status)
    else groups.set(key, { key, scope, profileId, limits: [status] })
  }
  for (const group of groups.values()) {
    group.limits.sort((a, b) => limitNames.indexOf(a.name) - limitNames.indexOf(b.name))
  }
  return [...groups.values()].sort(
    (a, b) =>
      Number(!isOverTime(a.scope)) - Number(!isOverTime(b.scope)) ||
      Number(a.profileId !== null) - Number(b.profileId !== null) ||
      scopes.indexOf(a.scope) - scopes.indexOf(b.scope) ||
      (a.profileId ?? '').localeCompare(b.profileId ?? ''),
  )
}

/** "A day, everything", "A month, OpenRouter", "One session". */
export function groupName({ scope, profileId }: Pick<LimitGroup, 'scope' | 'profileId'>, profileName: string): string {
  if (profileId !== null) return `${scopeNames[scope]}, ${profileName}`
  return isOverTime(scope) ? `${scopeNames[scope]}, everything` : scopeNames[scope]
}

/** Under the name: "$3.18 used", and where nothing is counted over time the kinds: "tokens · wall time". */
export function groupUse({ limits }: LimitGroup): string {
  const used = limits.flatMap(({ name, used: amount }) =>
    amount === null ? [] : [`${usedAmount(name, amount)}${unitWord(name, amount)}`],
  )
  return used.length > 0 ? `${used.join(' · ')} used` : limits.map(({ name }) => limitWords[name]).join(' · ')
}

/** "$10.00", "1 M · 2 h". */
export function groupValue({ limits }: LimitGroup): string {
  return limits
    .map(({ name, allowed }) => (name === 'costUsd' ? exactAmount(name, allowed) : limitAmount(name, allowed)))
    .join(' · ')
}

interface EditHint {
  text: string
  tone: 'calm' | 'warn' | 'danger'
}

/** What a value that is being typed would mean: "$51.77 used, $8.23 left". */
export function editHint({ name, used }: Pick<Standing, 'name' | 'used'>, value: number): EditHint {
  if (used === null) return { text: limitWords[name], tone: 'calm' }
  const words = `${usedAmount(name, used)}${unitWord(name, used)} used`
  if (used >= value) return { text: `${words}: it is reached at once`, tone: 'danger' }
  return { text: `${words}, ${usedAmount(name, value - used)} left`, tone: used >= 0.8 * value ? 'warn' : 'calm' }
}

/** The limit of one scope and kind for everything (null) or for one profile. */
export function limitFor(
  limits: readonly Standing[],
  scope: BudgetScope,
  name: LimitName,
  profileId: string | null,
): Standing | null {
  return limits.find((one) => one.scope === scope && one.name === name && one.profileId === profileId) ?? null
}

/** How much of a limit a group of calls used; null = it is not in a sum of calls. */
export function usedOf(spending: Spending, limit: LimitName): number | null {
  switch (limit) {
    case 'costUsd':
      return knownCost(spending)
    case 'totalTokens':
      return totalTokens(spending)
    case 'turns':
    case 'wallTime':
      return null
    default:
      return spending[limit]
  }
}

function isOverTime(scope: BudgetScope): boolean {
  return scope === 'day' || scope === 'month'
}
