/** How the flush reaches the clock and the screen; the browser's in the app. */
export interface FlushHost {
  now(): number
  setTimer(callback: () => void, milliseconds: number): unknown
  clearTimer(timer: unknown): void
  /** Calls back with what the next frame cost in milliseconds; never, while no frame is drawn. */
  measureFrame(done: (cost: number) => void): void
}

/** The screen rests at least this many times as long as the last commit took, up to `LONGEST_WAIT`. */
const REST = 3
const LONGEST_WAIT = 250
/** From one commit to the next at least: nobody reads faster than thirty steps a second, and each costs a layout. */
const SHORTEST_STEP = 30

/**
 * Decides when what came in is shown: at once while that is cheap, less often the dearer it gets, so that typing and
 * scrolling keep their share of the thread.
 */
export class AdaptiveFlush {
  readonly #host: FlushHost
  readonly #flush: () => void
  #cost = 0
  #startedAt = Number.NEGATIVE_INFINITY
  #endedAt = Number.NEGATIVE_INFINITY
  #timer: unknown = null

  constructor(host: FlushHost, flush: () => void) {
    this.#host = host
    this.#flush = flush
  }

  /** Something waits. `urgent` = a person should see it now. */
  request(urgent: boolean): void {
    const rest = Math.min(this.#cost * REST, LONGEST_WAIT)
    const wait = Math.max(this.#startedAt + SHORTEST_STEP, this.#endedAt + rest) - this.#host.now()
    if (urgent || wait <= 0) this.#run()
    else this.#timer ??= this.#host.setTimer(() => this.#run(), wait)
  }

  #run(): void {
    if (this.#timer !== null) this.#host.clearTimer(this.#timer)
    this.#timer = null
    this.#startedAt = this.#host.now()
    this.#flush()
    this.#endedAt = this.#host.now()
    const commit = this.#endedAt - this.#startedAt
    this.#cost = commit
    this.#host.measureFrame((frame) => {
      this.#cost = commit + frame
      this.#endedAt = this.#host.now()
    })
  }
}

const channel = new MessageChannel()
let measured: (() => void) | null = null
channel.port1.onmessage = () => measured?.()

export const browserFlushHost: FlushHost = {
  now: () => performance.now(),
  setTimer: (callback, milliseconds) => window.setTimeout(callback, milliseconds),
  clearTimer: (timer) => window.clearTimeout(timer as number),
  measureFrame: (done) => {
    requestAnimationFrame(() => {
      const startedAt = performance.now()
      // The message arrives after style, layout and paint of this frame.
      measured = () => done(performance.now() - startedAt)
      channel.port2.postMessage(null)
    })
  },
}
