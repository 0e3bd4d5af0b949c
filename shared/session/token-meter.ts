import { estimateTokens } from '../lib/estimate-tokens.ts'
import type { SessionEvent } from './session-event.ts'

/** The speed of an answer is that of its last seconds. Milliseconds. */
const WINDOW_MS = 4_000
/** Before an answer was written for so long, a speed is noise. Milliseconds. */
const LEAST_MS = 500

const boundaries: ReadonlySet<SessionEvent['type']> = new Set([
  'turn-start',
  'model-call-start',
  'model-call-end',
  'turn-end',
])

/** How fast the answer of a session is written, estimated from its text: no server says it while it streams. */
export class TokenMeter {
  #written: { at: number; characters: number }[] = []

  /** Counts an event of the session. `at`: when it came, in milliseconds of any clock that goes forward. */
  apply(event: SessionEvent, at = event.at): void {
    if (boundaries.has(event.type)) this.#written = []
    if (event.type !== 'text-delta' && event.type !== 'reasoning-delta') return
    const old = this.#written.findIndex((one) => one.at >= at - WINDOW_MS)
    this.#written.splice(0, old < 0 ? this.#written.length : old)
    this.#written.push({ at, characters: event.text.length })
  }

  /** Tokens a second, up to the moment `until` or up to the newest text; null while there is too little text for a speed. */
  perSecond(until = this.#written.at(-1)?.at ?? 0): number | null {
    const [first, ...rest] = this.#written.filter(({ at }) => at >= until - WINDOW_MS)
    // What came first was written before the time that is counted.
    if (!first || rest.length === 0 || until - first.at < LEAST_MS) return null
    const characters = rest.reduce((sum, one) => sum + one.characters, 0)
    return (estimateTokens(characters) / (until - first.at)) * 1_000
  }
}
