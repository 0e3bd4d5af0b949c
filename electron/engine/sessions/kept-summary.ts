import type { SessionSummary } from '#shared/feed/app-state.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'

interface Summarised {
  summary(): SessionSummary
  subscribe(listener: (event: SessionEvent) => void): Unsubscribe
}

/**
 * Keeps the summary of an open session current: in the list at once, and in its file one write behind the other. Text that
 * streams changes no summary but by its time, which is no change worth a file.
 */
export class KeptSummary {
  readonly #session: Summarised
  readonly #tell: (summary: SessionSummary) => void
  readonly #write: (summary: SessionSummary) => Promise<void>
  #last: SessionSummary | null = null
  #writing = Promise.resolve()

  constructor(
    session: Summarised,
    tell: (summary: SessionSummary) => void,
    write: (summary: SessionSummary) => Promise<void>,
  ) {
    this.#session = session
    this.#tell = tell
    this.#write = write
    this.#keep()
    session.subscribe(({ type }) => {
      if (type !== 'text-delta' && type !== 'reasoning-delta' && type !== 'tool-output') this.#keep()
    })
  }

  /** Writes the last state of it. */
  async close(): Promise<void> {
    await this.#writing
    // The journal holds everything: a summary that cannot be written is made again from it.
    await this.#write(this.#session.summary()).catch(() => undefined)
  }

  #keep(): void {
    const summary = this.#session.summary()
    if (this.#last && saysTheSame(this.#last, summary)) return
    this.#last = summary
    this.#tell(summary)
    // As above.
    this.#writing = this.#writing.then(() => this.#write(this.#session.summary())).catch(() => undefined)
  }
}

/** But for its time. */
function saysTheSame(before: SessionSummary, now: SessionSummary): boolean {
  return (
    before.title === now.title &&
    before.cwd === now.cwd &&
    before.state === now.state &&
    before.note === now.note &&
    before.profileName === now.profileName &&
    before.demo === now.demo &&
    before.oneTime === now.oneTime
  )
}
