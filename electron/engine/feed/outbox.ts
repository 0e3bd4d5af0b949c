import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'

/** One frame of a 60 Hz screen. */
const WINDOW_MS = 16
/** About a megabyte of text: past it a snapshot is cheaper than what waits. */
const PENDING_LIMIT = 1_000_000

interface Pending {
  session: { view(): SessionView }
  /** null = dropped, a snapshot takes their place. */
  events: SessionEvent[] | null
  size: number
}

type Post = (message: FeedMessage) => void

/**
 * What waits for one viewer. The first event after a pause goes out at once, the rest of a frame as one message. A
 * timer counts the frames, so that a hidden window, which paints none, is served too.
 */
export class Outbox {
  readonly #post: Post
  readonly #limit: number
  readonly #pending = new Map<SessionView['sessionId'], Pending>()
  #timer: NodeJS.Timeout | undefined

  constructor(post: Post, limit = PENDING_LIMIT) {
    this.#post = post
    this.#limit = limit
  }

  /** `session` is asked for its view when too much waits. */
  add(sessionId: SessionView['sessionId'], session: Pending['session'], event: SessionEvent): void {
    if (!this.#timer) {
      this.#post({ type: 'events', sessionId, events: [event] })
      this.#startWindow()
      return
    }
    let pending = this.#pending.get(sessionId)
    if (!pending) {
      pending = { session, events: [], size: 0 }
      this.#pending.set(sessionId, pending)
    }
    if (!pending.events) return
    pending.events.push(event)
    pending.size += sizeOf(event)
    if (pending.size > this.#limit) pending.events = null
  }

  /** Nothing more for this session, not even what waits. */
  forget(sessionId: SessionView['sessionId']): void {
    this.#pending.delete(sessionId)
  }

  /** What waits goes out now: nothing follows. */
  flush(): void {
    for (const [sessionId, { session, events }] of this.#pending) {
      this.#post(events ? { type: 'events', sessionId, events } : { type: 'snapshot', sessionId, view: session.view() })
    }
    this.#pending.clear()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#pending.clear()
  }

  #startWindow(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#pending.size === 0) return
      this.flush()
      this.#startWindow()
    }, WINDOW_MS)
  }
}

/** Characters, near enough; exact only where it is cheap or rare. */
function sizeOf(event: SessionEvent): number {
  const isDelta = event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-output'
  return isDelta ? event.text.length + 60 : JSON.stringify(event).length
}
