import type { Reply } from '#shared/failure.ts'
import type { SpendingQuery, SpendingReport } from '#shared/spending/spending.ts'

export interface FollowerHost {
  ask(query: SpendingQuery): Promise<Reply<SpendingReport>>
  /** The report of the newest wish, or why there is none. */
  tell(reply: Reply<SpendingReport>): void
  later(work: () => void, milliseconds: number): () => void
  now(): number
}

/** Milliseconds from one question to the next of the same range: a run that streams changes the ledger all the time. */
const PAUSE = 1000

/**
 * Keeps one report current. A new range is asked for at once; the same one again only after a pause and never twice at
 * a time, so that a busy ledger neither floods main nor starves the page. Answers to older ranges are dropped.
 */
export class ReportFollower {
  readonly #host: FollowerHost
  #query: SpendingQuery | null = null
  #revision = -1
  /** Which wish an answer belongs to. */
  #generation = 0
  #asking = false
  #stale = false
  #askedAt = 0
  #cancel: (() => void) | null = null

  constructor(host: FollowerHost) {
    this.#host = host
  }

  /** `revision` = the newest one of the ledger that is known. */
  want(query: SpendingQuery, revision: number): void {
    const changed = !this.#query || !sameQuery(this.#query, query)
    if (!changed && revision === this.#revision) return
    this.#query = query
    this.#revision = revision
    if (changed) {
      this.#generation++
      this.#ask()
    } else this.#askLater()
  }

  /** A person wants it now. */
  again(): void {
    this.#generation++
    this.#ask()
  }

  close(): void {
    this.#generation++
    this.#query = null
    this.#cancel?.()
    this.#cancel = null
  }

  #ask(): void {
    const query = this.#query
    if (!query) return
    this.#cancel?.()
    this.#cancel = null
    this.#stale = false
    this.#asking = true
    this.#askedAt = this.#host.now()
    const generation = this.#generation
    // `ask` never rejects.
    void this.#host.ask(query).then((reply) => {
      if (generation !== this.#generation) return
      this.#asking = false
      this.#host.tell(reply)
      if (this.#stale) this.#askLater()
    })
  }

  #askLater(): void {
    this.#stale = true
    if (this.#asking || this.#cancel) return
    const wait = Math.max(0, this.#askedAt + PAUSE - this.#host.now())
    this.#cancel = this.#host.later(() => this.#ask(), wait)
  }
}

function sameQuery(a: SpendingQuery, b: SpendingQuery): boolean {
  return a.from === b.from && a.to === b.to && a.profileId === b.profileId
}
