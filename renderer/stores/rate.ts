import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'

/** Over how many milliseconds the speed is taken. */
const WINDOW = 4000
/** Characters a token, about: no server says it while it streams. */
const CHARACTERS_PER_TOKEN = 4

interface Meter {
  samples: { at: number; characters: number }[]
  lastEventAt: number
}

/** Outside the stores on purpose: it changes with every message, and is read once a second. */
const meters = new Map<SessionId, Meter>()

export function countDeltas(message: Extract<FeedMessage, { type: 'events' }>): void {
  const now = performance.now()
  const meter = meters.get(message.sessionId) ?? { samples: [], lastEventAt: now }
  meters.set(message.sessionId, meter)
  meter.lastEventAt = now
  let characters = 0
  for (const event of message.events) {
    if (event.type === 'text-delta' || event.type === 'reasoning-delta') characters += event.text.length
    else if (event.type === 'model-call-start' || event.type === 'turn-start') meter.samples = []
  }
  if (characters > 0) meter.samples.push({ at: now, characters })
  const first = meter.samples.findIndex(({ at }) => at > now - WINDOW)
  if (first > 0) meter.samples.splice(0, first)
}

/** Tokens a second, estimated from the text of the last seconds; null while there is too little of it. */
export function tokenRate(sessionId: SessionId): number | null {
  const now = performance.now()
  const samples = meters.get(sessionId)?.samples.filter(({ at }) => at > now - WINDOW) ?? []
  const first = samples[0]
  if (!first || samples.length < 3 || now - first.at < 500) return null
  const characters = samples.reduce((sum, sample) => sum + sample.characters, 0)
  return characters / CHARACTERS_PER_TOKEN / ((now - first.at) / 1000)
}

/** Milliseconds since anything came of this session; 0 when nothing came yet. */
export function silentFor(sessionId: SessionId): number {
  const meter = meters.get(sessionId)
  return meter ? performance.now() - meter.lastEventAt : 0
}
