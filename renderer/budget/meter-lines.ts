import type { LimitName } from '#shared/budget.ts'
import type { LimitStatus, SpendingState } from '#shared/spending.ts'
import type { UsageTotals } from '#shared/usage-totals.ts'
import { formatCount } from '../lib/format.ts'
import { exactAmount, limitAmount, unitWord, usedAmount } from '../lib/limits.ts'
import { limitFor } from './limit-status.ts'
import { callsWords, costSource, costWords, knownCost, totalTokens } from './spent.ts'

/** What stands beside a meter, and the meter itself. */
export interface MeterLine {
  /** "$3.18". */
  value: string
  /** "of $10", in grey; empty = there is no limit. */
  rest: string
  /** null = nothing to compare with. */
  meter: { text: string; share: number; estimated: number } | null
}

/** The bottom of the sidebar: money against the limit of a day, or tokens where only they are limited. */
export function todayLine({ today, limits }: Pick<SpendingState, 'today' | 'limits'>): MeterLine {
  const money = limitFor(limits, 'day', 'costUsd', null)
  const tokens = limitFor(limits, 'day', 'totalTokens', null)
  if (!money && tokens) {
    return compared('totalTokens', totalTokens(today), tokens.allowed, today.estimatedTokens)
  }
  if (!money) return { value: today.modelCalls === 0 ? 'nothing yet' : spentWords(today), rest: '', meter: null }
  const line = compared('costUsd', knownCost(today), money.allowed, today.estimatedMicroUsd)
  if (today.unknownCalls === 0 || !line.meter) return line
  const unknown = `and ${callsWords(today.unknownCalls)} of unknown cost`
  return {
    ...line,
    value: costSource(today) === 'unknown' ? 'not known' : `${line.value} + unknown`,
    meter: { ...line.meter, text: `${line.meter.text}, ${unknown}` },
  }
}

/** What a session used so far. */
interface SessionUse {
  usage: UsageTotals
  toolCalls: number
  /** Iterations of the agent loop. */
  turns: number
}

/** Below the message box: the limit of the session that is nearest to its end; null = nothing limits a session. */
export function sessionLine(
  limits: readonly LimitStatus[],
  profileId: string,
  session: SessionUse,
): (MeterLine & { limit: LimitName }) | null {
  let tightest: { limit: LimitName; used: number; allowed: number } | null = null
  for (const { rule, limit, allowed } of limits) {
    if (rule.scope !== 'session' || (rule.profileId !== null && rule.profileId !== profileId)) continue
    const used = usedInSession(session, limit)
    if (used === null) continue
    if (!tightest || used / allowed > tightest.used / tightest.allowed) tightest = { limit, used, allowed }
  }
  if (!tightest) return null
  const { limit, used, allowed } = tightest
  const counted = limit === 'modelCalls' || limit === 'toolCalls' || limit === 'turns'
  const estimated = counted || session.usage.source === 'reported' ? 0 : used
  return { limit, ...compared(limit, used, allowed, estimated) }
}

function compared(limit: LimitName, used: number, allowed: number, estimated: number): MeterLine {
  const unit = unitWord(limit)
  return {
    value: usedAmount(limit, used),
    rest: `of ${limitAmount(limit, allowed)}${unit}`,
    meter: {
      text: `${exactAmount(limit, used)} of ${exactAmount(limit, allowed)}${unit}`,
      share: share(used, allowed),
      estimated: share(estimated, allowed),
    },
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}

function spentWords(today: SpendingState['today']): string {
  return costSource(today) === 'free' ? `${formatCount(totalTokens(today))} tokens, free` : costWords(today)
}

/** null = it is not known here. */
function usedInSession({ usage, toolCalls, turns }: SessionUse, limit: LimitName): number | null {
  switch (limit) {
    case 'totalTokens':
      return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
    case 'inputTokens':
    case 'outputTokens':
    case 'reasoningTokens':
      return usage[limit] ?? 0
    case 'costUsd':
      return usage.costMicroUsd ?? 0
    case 'modelCalls':
      return usage.modelCalls
    case 'toolCalls':
      return toolCalls
    case 'turns':
      return turns
    case 'wallTime':
      return null
  }
}
