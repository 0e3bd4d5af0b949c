import type { Duplex } from 'node:stream'
import type { Channel } from './channel.ts'
import { LineCutter, lineValue } from './line-cutter.ts'

/** One JSON value a line, over a stream of bytes both ways. */
export class NdjsonChannel implements Channel<unknown> {
  readonly #stream: Duplex
  readonly #lines: LineCutter

  /** `limit`: bytes of a line. A longer one, or one that is no JSON, ends the connection. */
  constructor(stream: Duplex, limit: number) {
    this.#stream = stream
    this.#lines = new LineCutter(limit)
    // What broke is told by `close`, which follows.
    stream.on('error', () => undefined)
  }

  get waiting(): number {
    return this.#stream.writableLength
  }

  post(value: unknown): void {
    if (!this.#stream.destroyed && !this.#stream.writableEnded) this.#stream.write(`${JSON.stringify(value)}\n`)
  }

  /** Nothing is read before somebody listens. */
  onMessage(listener: (value: unknown) => void): void {
    this.#stream.on('data', (bytes: Buffer) => {
      for (const line of this.#lines.feed(bytes)) {
        if (this.#stream.destroyed) return
        const value = lineValue(line)
        if (value === undefined) this.#stream.destroy()
        else listener(value)
      }
      if (this.#lines.isTooLong) this.#stream.destroy()
    })
  }

  onDrain(listener: () => void): void {
    this.#stream.on('drain', listener)
  }

  onClose(listener: () => void): void {
    this.#stream.once('close', listener)
  }

  /** Ends the connection when all that was posted has left, or after so many milliseconds. */
  end(patienceMs: number): void {
    this.#stream.end()
    setTimeout(() => this.#stream.destroy(), patienceMs).unref()
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#stream.destroy()
  }
}
