import { setTimeout as sleep } from 'node:timers/promises'
import { type Elapsed, systemElapsed } from '../lib/clock.ts'

/** Characters that may come as fast as they like, and characters a second from there on: no model writes that fast. */
const BURST = 1_000_000
const A_SECOND = 500_000
/** A wait is looked at again so often, so that a stop is heard. Milliseconds. */
const SLICE_MS = 100

/**
 * Keeps a stream from coming faster than journal, window and terminal can take it: who reads no further lets the server
 * wait.
 */
export class Pace {
  readonly #elapsed: Elapsed
  /** Of `BURST`, as of `#at`. */
  #room = BURST
  #at: number

  constructor(elapsed: Elapsed = systemElapsed) {
    this.#elapsed = elapsed
    this.#at = elapsed()
  }

  /** What came has to be waited for as long as this before more is read; 0 = not at all. Milliseconds. */
  delayFor(characters: number): number {
    const now = this.#elapsed()
    this.#room = Math.min(BURST, this.#room + ((now - this.#at) * A_SECOND) / 1000) - characters
    this.#at = now
    return this.#room >= 0 ? 0 : Math.ceil((-this.#room * 1000) / A_SECOND)
  }

  /** Waits, or until the signal aborts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    const until = this.#elapsed() + milliseconds
    for (let left = milliseconds; left > 0 && !signal.aborted; left = until - this.#elapsed()) {
      await sleep(Math.min(left, SLICE_MS))
    }
  }
}
