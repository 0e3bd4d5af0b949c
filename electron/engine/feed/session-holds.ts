import type { SessionId } from '#shared/ids.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'

/**
 * Keeps a session open while somebody needs it and gives it up afterwards, so that another program can go on with it.
 * A running turn counts as need.
 */
export class SessionHolds {
  readonly #sessions: Sessions
  readonly #onDefect: (error: unknown) => void
  readonly #counts = new Map<SessionId, number>()
  readonly #releasing = new Map<SessionId, Promise<void>>()

  constructor(sessions: Sessions, onDefect: (error: unknown) => void) {
    this.#sessions = sessions
    this.#onDefect = onDefect
  }

  /**
   * Opens the session if it is not open, and keeps it open until `drop` was called once for every `hold` that resolved.
   * Rejects like `Sessions.open`.
   */
  async hold(id: SessionId): Promise<Session> {
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    try {
      await this.#releasing.get(id)
      return this.#sessions.opened(id) ?? (await this.#sessions.open(id, { asksAgain: true, mayRead: true }))
    } catch (error) {
      this.drop(id)
      throw error
    }
  }

  /** Ends one `hold` of the session. After the last one it is released, as soon as no turn of it runs here. */
  drop(id: SessionId): void {
    const count = (this.#counts.get(id) ?? 0) - 1
    if (count > 0) {
      this.#counts.set(id, count)
      return
    }
    this.#counts.delete(id)
    this.#releaseWhenIdle(id)
  }

  /** Holds the session for the time of one action. Rejects like `Sessions.open`, or as the action does. */
  async with<T>(id: SessionId, action: (session: Session) => T | Promise<T>): Promise<T> {
    const session = await this.hold(id)
    try {
      return await action(session)
    } finally {
      this.drop(id)
    }
  }

  /** Removes the session after a release that is under way. Rejects like `Sessions.remove`. */
  async remove(id: SessionId): Promise<void> {
    await this.#releasing.get(id)
    await this.#sessions.remove(id)
  }

  #releaseWhenIdle(id: SessionId): void {
    const session = this.#sessions.opened(id)
    if (!session || this.#releasing.has(id)) return
    // What runs in the background needs nobody here.
    if (!session.view().activity || session.runId !== null) {
      this.#release(id)
      return
    }
    const stop = session.subscribe(({ type }) => {
      if (type !== 'turn-end') return
      stop()
      if (!this.#counts.has(id)) this.#releaseWhenIdle(id)
    })
  }

  #release(id: SessionId): void {
    const done = this.#sessions
      .release(id)
      .catch(this.#onDefect)
      .finally(() => this.#releasing.delete(id))
    this.#releasing.set(id, done)
  }
}
