import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import { TokenMeter } from '#shared/session/token-meter.ts'

/** Outside the stores on purpose: it changes with every message, and is read once a second. */
const sessions = new Map<SessionId, { meter: TokenMeter; lastEventAt: number }>()

export function countDeltas(message: Extract<FeedMessage, { type: 'events' }>): void {
  const now = performance.now()
  const { meter } = sessions.get(message.sessionId) ?? { meter: new TokenMeter() }
  sessions.set(message.sessionId, { meter, lastEventAt: now })
  for (const event of message.events) meter.apply(event, now)
}

/** Tokens a second, estimated from the text of the last seconds; null while there is too little of it. */
export function tokenRate(sessionId: SessionId): number | null {
  return sessions.get(sessionId)?.meter.perSecond(performance.now()) ?? null
}

/** Milliseconds since anything came of this session; 0 when nothing came yet. */
export function silentFor(sessionId: SessionId): number {
  const session = sessions.get(sessionId)
  return session ? performance.now() - session.lastEventAt : 0
}
