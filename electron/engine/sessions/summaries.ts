import type { SessionSummary } from '#shared/feed/app-state.ts'
import { SessionId } from '#shared/ids.ts'
import { goesOn } from '#shared/session/session-state.ts'
import { Emitter } from '../lib/emitter.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import { watchPath } from '../lib/watch-path.ts'
import { waitsForAnswer } from './open-calls.ts'
import { readSessionView } from './read-session.ts'
import type { SessionFiles } from './session-files.ts'
import { sessionLockState } from './session-lock.ts'
import { INTERRUPTED, LIMIT_NOTE, summarise } from './summary.ts'

/** The summaries of all sessions of the data folder: what the lists say without reading a journal. */
export class Summaries {
  readonly #files: SessionFiles
  readonly #isWrittenHere: (id: SessionId) => boolean
  readonly #summaries = new Map<SessionId, SessionSummary>()
  readonly #changes = new Emitter()
  #watcher: { close(): void } | null = null

  /** `isWrittenHere`: whether this process writes the session, and so knows more than its files do. */
  constructor(files: SessionFiles, isWrittenHere: (id: SessionId) => boolean) {
    this.#files = files
    this.#isWrittenHere = isWrittenHere
  }

  /** Newest first. */
  list(): readonly SessionSummary[] {
    return [...this.#summaries.values()].sort((a, b) => b.updatedAt - a.updatedAt)
  }

  /** Reads them all. */
  async load(): Promise<void> {
    await Promise.all((await this.#files.ids()).map((id) => this.#load(id)))
    this.changed()
  }

  /** Keeps them current when other processes write sessions. */
  watch(): void {
    this.#watcher = watchPath(this.#files.folder, {
      keepsAlive: true,
      onChange: (name) => {
        const id = SessionId.safeParse(name?.replace(/\.jsonl?$/, ''))
        if (!id.success || !name?.endsWith('.json') || this.#isWrittenHere(id.data)) return
        this.#load(id.data).then(
          () => this.changed(),
          // Half gone between two looks: the next change tells.
          () => undefined,
        )
      },
    })
  }

  onChange(listener: () => void): Unsubscribe {
    return this.#changes.on(listener)
  }

  set(summary: SessionSummary): void {
    this.#summaries.set(summary.sessionId, summary)
    this.changed()
  }

  delete(id: SessionId): void {
    this.#summaries.delete(id)
    this.changed()
  }

  changed(): void {
    this.#changes.emit()
  }

  close(): void {
    this.#watcher?.close()
  }

  async #load(id: SessionId): Promise<void> {
    if (this.#isWrittenHere(id)) return
    const lock = await sessionLockState(this.#files.lock(id))
    // Who died may have left a summary from before its last turn.
    const summary = (lock === 'left' ? null : await this.#files.readSummary(id)) ?? (await this.#fromJournal(id))
    if (!summary) {
      this.#summaries.delete(id)
      return
    }
    const asks = summary.state === 'waiting' && summary.note !== LIMIT_NOTE
    const dead = lock !== 'held' && goesOn(summary.state) && !asks
    this.#summaries.set(id, dead ? { ...summary, ...INTERRUPTED } : summary)
  }

  async #fromJournal(id: SessionId): Promise<SessionSummary | null> {
    try {
      const { state: view } = await readSessionView(this.#files.journal(id), id)
      const summary = summarise(view)
      // Something was at work beside what waits for an answer.
      return summary.state === 'waiting' && !waitsForAnswer(view) ? { ...summary, ...INTERRUPTED } : summary
    } catch {
      // Opening it says what is wrong with it; the list goes on without it.
      return null
    }
  }
}
