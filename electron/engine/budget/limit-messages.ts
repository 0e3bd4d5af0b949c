import { counted } from '#shared/lib/counted.ts'
import { formatMicroUsd } from '#shared/lib/money.ts'
import type { BudgetStop, Limit } from '#shared/limits/budget.ts'
import { amountWords, originWords, scopeWords } from '#shared/limits/limit-words.ts'

/** Once, when most of a limit is used. */
export function warningAt80(limit: Limit, used: number): string {
  return `${amountWords(limit.name, used)} of ${allowed({ ...limit, origin: originWords(limit) })} are used.`
}

/** Which limit, what it allowed, what was used and by what, and how to go on: several sentences, one text. */
export function diagnosis(stop: BudgetStop): string {
  const { limit, used, needs, scope = 'run', origin = '', top = [] } = stop
  const what = `Stopped at the limit of ${allowed({ name: limit, allowed: stop.allowed, scope, origin })}`
  const next = needs ? `, and the next step needs ${amountWords(limit, needs)}` : ''
  const most = top.map(({ label, tokens, costMicroUsd }) => {
    const cost = costMicroUsd ? `, ${formatMicroUsd(costMicroUsd)}` : ''
    return `${label} (${counted(tokens, 'token')}${cost})`
  })
  const by = most.length > 0 ? ` Most went to ${most.join('; ')}.` : ''
  return `${what}: ${amountWords(limit, used)} ${used === 1 ? 'is' : 'are'} used${next}.${by} ${howToGoOn[scope]}`
}

const howToGoOn = {
  run: 'To go on, send another message or start it again with a higher limit.',
  'background-run': 'To go on, resume it with a higher limit.',
  session: 'To go on, raise the limit or start a new session.',
  day: 'To go on, raise the limit or wait until tomorrow.',
  month: 'To go on, raise the limit or wait until next month.',
} as const

function allowed({
  name,
  allowed,
  scope,
  origin,
}: Pick<Limit, 'name' | 'allowed' | 'scope'> & { origin: string }): string {
  return `${amountWords(name, allowed)} for ${scopeWords[scope]}${origin && ` (${origin})`}`
}
