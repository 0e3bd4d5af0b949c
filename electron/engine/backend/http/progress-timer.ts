/**
 * Ends an exchange in which nothing happens. One timer that looks again when it fires, so that noting progress costs
 * next to nothing: it is noted with every read.
 */
export class ProgressTimer {
  #timer: ReturnType<typeof setTimeout> | undefined
  #milliseconds = 0
  #since = 0
  #expired: () => void = () => {}

  /** Starts a time-out that begins now, in the place of one that was running. */
  start(milliseconds: number, expired: () => void): void {
    this.stop()
    this.#milliseconds = milliseconds
    this.#expired = expired
    this.#since = performance.now()
    this.#arm(milliseconds)
  }

  progress(): void {
    this.#since = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #arm(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const left = this.#since + this.#milliseconds - performance.now()
      if (left > 1) this.#arm(left)
      else this.#expired()
    }, milliseconds)
  }
}
