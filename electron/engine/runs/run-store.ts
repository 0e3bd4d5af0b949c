import { FailureError, failure } from '#shared/failure.ts'
import type { RunId, SessionId } from '#shared/ids.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { isOver } from '#shared/run/run-words.ts'
import { Emitter } from '../lib/emitter.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import { watchPath } from '../lib/watch-path.ts'
import { newestFirst } from './newest-first.ts'
import { reconciled, type Surroundings } from './reconcile.ts'
import { runIdOf } from './registry.ts'
import type { RegisteredRun } from './run-entry.ts'

/** A worker that dies says nothing: how often those that should run are looked at while somebody watches. Milliseconds. */
const LOOK_MS = 1_000

/** All background runs of the data folder, whoever started them. */
export class RunStore {
  readonly #surroundings: Surroundings
  readonly #onDefect: (error: unknown) => void
  readonly #records = new Map<RunId, RegisteredRun>()
  readonly #readings = new Map<RunId, Promise<RegisteredRun | null>>()
  readonly #again = new Set<RunId>()
  readonly #changes = new Emitter()
  #watcher: { close(): void } | null = null
  #timer: NodeJS.Timeout | undefined

  /** `onDefect`: what went wrong while nobody waited for it. */
  constructor(surroundings: Surroundings, onDefect: (error: unknown) => void) {
    this.#surroundings = surroundings
    this.#onDefect = onDefect
  }

  /** Newest first; as of the last look. */
  list(): readonly BackgroundRun[] {
    return [...this.#records.values()].map(({ run }) => run).sort(newestFirst)
  }

  /** Whenever a run appeared, changed or went. */
  onChange(listener: () => void): Unsubscribe {
    return this.#changes.on(listener)
  }

  /** Reads every entry. `FailureError` `storage`: the folder cannot be read. */
  async load(): Promise<void> {
    const ids = await this.#ids()
    for (const id of this.#records.keys()) if (!ids.includes(id)) this.#forget(id)
    await Promise.all(ids.map((id) => this.refresh(id)))
  }

  /** Keeps the list current: entries as they change, and workers that are gone. */
  async watch(): Promise<void> {
    const { registry } = this.#surroundings
    try {
      await registry.prepare()
    } catch (error) {
      throw new FailureError(storageFailure('make the folder of background runs', error), { cause: error })
    }
    this.#watcher = watchPath(registry.folder, {
      keepsAlive: true,
      onChange: (name) => {
        const id = runIdOf(name)
        if (id) this.refresh(id).catch(this.#onDefect)
      },
    })
    this.#timer = setInterval(() => this.#refreshRunning(), LOOK_MS).unref()
    // What appeared before the watcher did.
    await this.load()
  }

  close(): void {
    this.#watcher?.close()
    clearInterval(this.#timer)
    this.#changes.clear()
  }

  /**
   * Reads the entry of a run and resolves with the run as it is now; null = there is none. One reading at a time for each run,
   * and never an older one after a newer one.
   */
  refresh(id: RunId): Promise<RegisteredRun | null> {
    const running = this.#readings.get(id)
    if (running) {
      this.#again.add(id)
      return running
    }
    const reading = this.#readAgain(id).finally(() => this.#readings.delete(id))
    this.#readings.set(id, reading)
    return reading
  }

  /** A prefix that fits exactly one run; `FailureError` `not-found` or `invalid-input` with the candidates. */
  async find(prefix: string): Promise<RegisteredRun> {
    const fitting = (await this.#ids()).filter((id) => id.startsWith(prefix))
    const [only] = fitting
    if (only && fitting.length > 1) {
      const some = fitting.slice(0, 5).join(', ')
      throw new FailureError(failure('invalid-input', `More than one run starts with "${prefix}": ${some}.`))
    }
    const record = only && (await this.refresh(only))
    if (record) return record
    throw new FailureError(
      failure('not-found', `No run starts with "${prefix}".`, { remedy: { kind: 'list', what: 'runs' } }),
    )
  }

  /** The run whose worker has this session open now; null = none has. */
  async holderOf(sessionId: SessionId): Promise<RegisteredRun | null> {
    await this.load()
    return [...this.#records.values()].find(({ run }) => run.sessionId === sessionId && !isOver(run)) ?? null
  }

  async #ids(): Promise<RunId[]> {
    try {
      return await this.#surroundings.registry.ids()
    } catch (error) {
      throw new FailureError(storageFailure('read the list of background runs', error), { cause: error })
    }
  }

  async #readAgain(id: RunId): Promise<RegisteredRun | null> {
    let record: RegisteredRun | null
    do {
      this.#again.delete(id)
      const read = await this.#surroundings.registry.read(id)
      record = read && (await reconciled(read, this.#surroundings))
    } while (this.#again.has(id))
    if (!record) this.#forget(id)
    else if (JSON.stringify(record.run) !== JSON.stringify(this.#records.get(id)?.run)) {
      this.#records.set(id, record)
      this.#changed()
    } else this.#records.set(id, record)
    return record
  }

  #refreshRunning(): void {
    for (const { run } of this.#records.values()) if (!isOver(run)) this.refresh(run.runId).catch(this.#onDefect)
  }

  #forget(id: RunId): void {
    if (this.#records.delete(id)) this.#changed()
  }

  #changed(): void {
    this.#changes.emit()
  }
}
