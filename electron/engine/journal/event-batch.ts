import { LIVE_OUTPUT_LIMIT } from '#shared/session/apply-event.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'

/** One frame of a 60 Hz screen: nobody sees text sooner. */
const WINDOW_MS = 16

type Delta = Extract<UnstampedEvent, { type: 'text-delta' | 'reasoning-delta' | 'tool-output' }>

/**
 * Joins deltas that come within a frame into one event, so that a journal line, a post and a paint are paid per frame
 * and not per token. The first after a pause goes out at once; any other event pushes out what waits before it.
 */
export class EventBatch {
  readonly #out: (event: UnstampedEvent) => void
  #pending: Delta | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(out: (event: UnstampedEvent) => void) {
    this.#out = out
  }

  add(event: UnstampedEvent): void {
    if (event.type !== 'text-delta' && event.type !== 'reasoning-delta' && event.type !== 'tool-output') {
      this.flush()
      this.#out(event)
      return
    }
    if (this.#pending && continues(this.#pending, event)) {
      this.#pending = joined(this.#pending, event.text)
      return
    }
    this.flush()
    if (this.#timer) {
      this.#pending = event
      return
    }
    this.#out(event)
    this.#startWindow()
  }

  flush(): void {
    const event = this.#pending
    this.#pending = null
    if (event) this.#out(event)
  }

  #startWindow(): void {
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (!this.#pending) return
      this.flush()
      this.#startWindow()
    }, WINDOW_MS)
  }
}

/** Of output, no more than is ever shown: a command that floods costs no more than that per frame. */
function joined(pending: Delta, more: string): Delta {
  const text = pending.text + more
  return { ...pending, text: pending.type === 'tool-output' ? text.slice(-LIVE_OUTPUT_LIMIT) : text }
}

function continues(pending: Delta, event: Delta): boolean {
  if (pending.type !== event.type) return false
  return pending.type !== 'tool-output' || event.type !== 'tool-output' || pending.callId === event.callId
}
