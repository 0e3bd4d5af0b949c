import type { Limit, LimitName } from '#shared/limits/budget.ts'
import type { SpendingState } from '#shared/spending/spending.ts'
import type { Usage } from '#shared/spending/usage.ts'
import { formatCount } from '../lib/format.ts'
import { exactAmount, limitAmount, unitWord, usedAmount } from '../lib/limits.ts'
import { limitFor } from './limit-status.ts'
import { isReported, isSessionScope, type SessionScope, type SessionUses, usedOf } from './session-limits.ts'
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

interface Tightest {
  scope: SessionScope
  limit: LimitName
  allowed: number
  used: number
  source: Usage['source']
}

/** Below the message box: the limit of these that is nearest to its end; null = none is known to be used by so much. */
export function sessionLine(
  limits: readonly Limit[],
  uses: SessionUses,
): (MeterLine & { scope: SessionScope; limit: LimitName }) | null {
  let tightest: Tightest | null = null
  for (const { name, allowed, scope } of limits) {
    if (!isSessionScope(scope)) continue
    const use = uses[scope]
    const used = use ? usedOf(use, name) : null
    if (!use || used === null) continue
    if (!tightest || share(used, allowed) > share(tightest.used, tightest.allowed))
      tightest = { scope, limit: name, allowed, used, source: use.usage.source }
  }
  if (!tightest) return null
  const { scope, limit, allowed, used, source } = tightest
  // Tenths of a second would flicker.
  const said = limit === 'wallTime' ? Math.floor(used / 1000) * 1000 : used
  const line = compared(limit, said, allowed, source === 'reported' || !isReported(limit) ? 0 : used)
  if (scope === 'session') return { scope, limit, ...line }
  const words = scope === 'run' ? 'this run' : 'this background run'
  const meter = line.meter && { ...line.meter, text: `${line.meter.text}, ${words}` }
  return { scope, limit, value: line.value, rest: `${line.rest}, ${words}`, meter }
}

function compared(limit: LimitName, used: number, allowed: number, estimated: number): MeterLine {
  const unit = unitWord(limit, allowed)
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
  const source = costSource(today)
  if (source !== 'free' && source !== 'unknown') return costWords(today)
  const tokens = totalTokens(today)
  const cost = source === 'free' ? 'free' : 'cost not known'
  return tokens === 0 && source === 'unknown' ? costWords(today) : `${formatCount(tokens)} tokens, ${cost}`
}
