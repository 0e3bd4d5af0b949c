import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import type { Channel } from '../lib/channel.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { Session } from '../sessions/sessions.ts'

/** Bytes that may wait on the way to a viewer; past it a snapshot is cheaper than what it missed. */
const BEHIND_BYTES = 4_000_000

export interface ViewerOptions {
  /** Posts on the channel, in the form in which this viewer gets it. */
  post(message: Extract<FeedMessage, { type: 'snapshot' | 'events' }>): void
  /** A defect of ours, to be logged. */
  onDefect(error: unknown): void
  /** Past so many bytes that wait, the viewer is behind. */
  behindBytes?: number | undefined
}

interface Followed {
  session: Session
  /** It was not told something: a snapshot takes the place of that. */
  missed: boolean
  stop: Unsubscribe
}

/**
 * One who looks at sessions over a channel. It gets a snapshot, and then each event in the moment it is published: the
 * session has joined what comes within a frame already. Who reads too slowly is told nothing until all that waits has
 * left, and gets a snapshot then.
 */
export class Viewer {
  readonly #channel: Pick<Channel<FeedMessage>, 'waiting' | 'onDrain'>
  readonly #post: ViewerOptions['post']
  readonly #onDefect: (error: unknown) => void
  readonly #behindBytes: number
  readonly #followed = new Map<SessionId, Followed>()
  #behind = false

  constructor(channel: Pick<Channel<FeedMessage>, 'waiting' | 'onDrain'>, options: ViewerOptions) {
    this.#channel = channel
    this.#post = options.post
    this.#onDefect = options.onDefect
    this.#behindBytes = options.behindBytes ?? BEHIND_BYTES
    channel.onDrain(() => this.catchUp())
  }

  /** Begins with a snapshot, also where the session is followed already. */
  follow(session: Session): void {
    this.unfollow(session.id)
    const followed: Followed = { session, missed: false, stop: () => undefined }
    this.#followed.set(session.id, followed)
    // Snapshot and listener in one tick, on one channel: nothing is lost or told twice.
    this.#snapshot(followed)
    followed.stop = session.subscribe(
      (event) => this.#tell(followed, () => this.#post({ type: 'events', sessionId: session.id, events: [event] })),
      () => this.#tell(followed, () => this.#snapshot(followed)),
    )
  }

  unfollow(sessionId: SessionId): void {
    this.#followed.get(sessionId)?.stop()
    this.#followed.delete(sessionId)
  }

  /** Posts snapshots in the place of what was missed: all that waited has left, or the line is about to end. */
  catchUp(): void {
    if (!this.#behind) return
    this.#behind = false
    for (const followed of this.#followed.values()) if (followed.missed) this.#snapshot(followed)
  }

  close(): void {
    for (const { stop } of this.#followed.values()) stop()
    this.#followed.clear()
  }

  /** The listeners of a session must not throw. */
  #tell(followed: Followed, post: () => void): void {
    this.#behind ||= this.#channel.waiting > this.#behindBytes
    if (this.#behind) {
      followed.missed = true
      return
    }
    try {
      post()
    } catch (error) {
      this.#onDefect(error)
    }
  }

  #snapshot(followed: Followed): void {
    followed.missed = false
    this.#post({ type: 'snapshot', sessionId: followed.session.id, view: followed.session.view() })
  }
}
