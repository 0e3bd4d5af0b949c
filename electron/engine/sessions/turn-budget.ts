import type { SendOptions } from '#shared/session/send-options.ts'
import type { SessionView } from '#shared/session/session-view.ts'

/** The options of a turn as the journal keeps them: only those that say something. */
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
