import { counted } from '#shared/lib/counted.ts'
import { formatMicroUsd } from '#shared/lib/money.ts'
import type { SpendingState } from '#shared/spending/spending.ts'

const count = new Intl.NumberFormat('en-US')

/** What today's work used, of how much where a limit of the day covers everything; null = nothing to say. */
export function todayLine({ today, limits }: Pick<SpendingState, 'today' | 'limits'>): string | null {
  const ofTheDay = (name: 'costUsd' | 'totalTokens') =>
    limits.find((limit) => limit.scope === 'day' && limit.profileId === null && limit.name === name)
  const [cost, tokens] = [ofTheDay('costUsd'), ofTheDay('totalTokens')]
  if (cost) return `Today ${formatMicroUsd(cost.used ?? 0)} of ${formatMicroUsd(cost.allowed)}`
  if (tokens) return `Today ${count.format(tokens.used ?? 0)} of ${counted(tokens.allowed, 'token')}`
  const spent = today.reportedMicroUsd + today.estimatedMicroUsd
  if (spent > 0) return `Today ${formatMicroUsd(spent)}`
  const used = today.inputTokens + today.outputTokens
  return used > 0 ? `Today ${counted(used, 'token')}` : null
}
