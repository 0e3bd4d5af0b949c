import type { RunRegistry } from '../runs/registry.ts'
import type { RunEntry } from '../runs/run-entry.ts'

/** Changes that only tell how far it is are told so often. Milliseconds. */
const PROGRESS_MS = 500

/** Keeps the entry of a run current; the worker's only way to write it. A folder that refuses does not disturb the run. */
export class RunPublisher {
  readonly #registry: RunRegistry
  readonly #onDefect: (error: unknown) => void
  #entry: RunEntry
  #writing = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #pending = false

  constructor(registry: RunRegistry, entry: RunEntry, onDefect: (error: unknown) => void) {
    this.#registry = registry
    this.#entry = entry
    this.#onDefect = onDefect
  }

  entry(): RunEntry {
    return this.#entry
  }

  /** Published, and not over. */
  isPublished(): boolean {
    return this.#entry.endpoint !== null
  }

  /** What the next write publishes. */
  begin(afterSeq: number, endpoint: RunEntry['endpoint']): void {
    this.#entry = { ...this.#entry, afterSeq, endpoint }
  }

  /** What people wait for: a state, a question. Rejects with the system's error. */
  async now(change: Partial<RunEntry['run']>, endpoint = this.#entry.endpoint): Promise<void> {
    this.#entry = { ...this.#entry, endpoint, run: { ...this.#entry.run, ...change } }
    this.#pending = false
    const writing = this.#writing.then(() => this.#registry.write(this.#entry))
    // Who asked for it hears of it; what is written next does not wait for ever.
    this.#writing = writing.catch(() => undefined)
    await writing
  }

  /** What may be a moment late. */
  soon(change: Partial<RunEntry['run']>): void {
    if (!this.isPublished()) return
    this.#entry = { ...this.#entry, run: { ...this.#entry.run, ...change } }
    if (this.#timer) {
      this.#pending = true
      return
    }
    this.#writing = this.#writing.then(() => this.#registry.write(this.#entry, { flush: false })).catch(this.#onDefect)
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#pending) this.soon({})
      this.#pending = false
    }, PROGRESS_MS).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
