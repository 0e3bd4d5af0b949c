import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FailureError } from '#shared/failure.ts'
import { Emitter } from '../lib/emitter.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import { watchPath } from '../lib/watch-path.ts'
import { Bell } from './bell.ts'

/** A watch may miss a change: whoever waits looks by itself this often. */
const LOOK_MS = 2000

/**
 * *Pause all*: a file that is there or not, so that it outlives every program. Background runs hold before their next
 * model call while it is there.
 */
export class Pause {
  readonly #path: string
  readonly #changes = new Emitter()
  #watcher: { close(): void } | null = null
  #paused = false

  constructor(path: string) {
    this.#path = path
  }

  /** Whether the runs were paused when the disk was last read. */
  paused(): boolean {
    return this.#paused
  }

  /** Pauses the background runs of every process, or lets them go on. `FailureError` `storage`. */
  async set(paused: boolean): Promise<void> {
    try {
      if (paused) {
        await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
        await writeFile(this.#path, '', { mode: 0o600 })
      } else await rm(this.#path, { force: true })
    } catch (error) {
      throw new FailureError(storageFailure(paused ? 'pause the runs' : 'let the runs go on', error), { cause: error })
    }
    await this.refresh()
  }

  /** Reads from the disk whether the runs are paused, and resolves with it. */
  async refresh(): Promise<boolean> {
    const before = this.#paused
    this.#paused = await isThere(this.#path)
    if (this.#paused !== before) this.#changes.emit()
    return this.#paused
  }

  onChange(listener: () => void): Unsubscribe {
    return this.#changes.on(listener)
  }

  /** Follows what other processes do. `FailureError` `storage`: the folder cannot be made. */
  async watch(): Promise<void> {
    if (this.#watcher) return
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 })
    } catch (error) {
      throw new FailureError(storageFailure('follow the pause of the runs', error), { cause: error })
    }
    // The name that the system gives may be missing: every change is worth one look.
    this.#watcher = watchPath(dirname(this.#path), {
      keepsAlive: true,
      onChange: () => void this.refresh(),
      onLost: () => this.close(),
    })
    await this.refresh()
  }

  /** Waits until nothing is paused. `onHold` is called once if something is. Rejects with the reason of `signal`. */
  async waitUntilResumed(signal: AbortSignal, onHold: () => void): Promise<void> {
    if (!(await this.refresh())) return
    onHold()
    const bell = new Bell()
    const ring = () => bell.ring()
    signal.addEventListener('abort', ring, { once: true })
    const stopListening = this.onChange(ring)
    try {
      await this.watch()
      while (await this.refresh()) {
        signal.throwIfAborted()
        await bell.rung(LOOK_MS)
      }
      signal.throwIfAborted()
    } finally {
      stopListening()
      signal.removeEventListener('abort', ring)
    }
  }

  close(): void {
    this.#watcher?.close()
    this.#watcher = null
  }
}

/** Where it cannot be told, nothing is paused: a run that holds for ever is worse than one that goes on. */
async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    // No such file: nothing is paused.
    return false
  }
}
