import type { BackgroundRun } from '#shared/run/background.ts'
import { isOver } from '#shared/run/run-words.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import { entriesFromEnd } from '../journal/journal-end.ts'
import { followEntries } from '../journal/journal-follower.ts'
import type { RegisteredRun } from './run-entry.ts'
import type { RunStore } from './run-store.ts'

/** What a run did, read from its journal: nobody is asked who may not answer. */
export class RunLog {
  readonly run: BackgroundRun
  readonly #path: string
  readonly #afterSeq: number
  readonly #store: RunStore

  constructor({ run, entry }: RegisteredRun, path: string, store: RunStore) {
    this.run = run
    this.#path = path
    this.#afterSeq = entry?.afterSeq ?? 0
    this.#store = store
  }

  /** The entries of the run in order; `follow` = until the run is over. `from: 'end'` = those that come from now on. */
  async *entries({ from, follow }: { from: 'start' | 'end'; follow: boolean }): AsyncGenerator<SessionEntry> {
    if (follow) await this.#store.watch()
    const isWritten = () => this.#store.list().some((run) => run.runId === this.run.runId && !isOver(run))
    const onChange = (listener: () => void) => this.#store.onChange(listener)
    for await (const entry of followEntries(this.#path, { from, stays: () => follow && isWritten(), onChange })) {
      if (entry.seq > this.#afterSeq) yield entry
    }
  }

  /** The entries of the run from the newest to the oldest. */
  async *fromEnd(): AsyncGenerator<SessionEntry> {
    for await (const entry of entriesFromEnd(this.#path)) {
      if (entry.seq <= this.#afterSeq) return
      yield entry
    }
  }
}
