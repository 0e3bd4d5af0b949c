import { LimitName } from '#shared/limits/budget.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import type { LimitSource } from '../budget/limit-source.ts'

/** One source for each limit, with where it was set. */
export function runSources({ limits = {}, limitOrigins = {} }: SendOptions): LimitSource[] {
  return LimitName.options.flatMap((name): LimitSource[] => {
    const allowed = limits[name]
    if (allowed === undefined) return []
    return [{ scope: 'run', origin: limitOrigins[name] ?? 'set for this run', limits: { [name]: allowed } }]
  })
}

/** For the journal: only what says something. */
export function keptOptions({ limits, limitOrigins, ...others }: SendOptions): { options?: SendOptions } {
  const hasLimits = limits !== undefined && Object.keys(limits).length > 0
  const options = { ...others, ...(hasLimits && { limits, ...(limitOrigins && { limitOrigins }) }) }
  return Object.keys(options).length > 0 ? { options } : {}
}

/** Milliseconds of the turns of a session that are over, and of one that goes on before it was taken up again. */
export function timeOf({ turns }: SessionView): number {
  return turns.reduce(
    (sum, { startedAt, end, ranMs = 0 }) => sum + (end ? (end.durationMs ?? Math.max(0, end.at - startedAt)) : ranMs),
    0,
  )
}
