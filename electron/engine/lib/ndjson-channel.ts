import type { Duplex } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { Channel } from './channel.ts'

/** One JSON value a line, over a stream of bytes both ways. */
export class NdjsonChannel implements Channel<unknown> {
  readonly #stream: Duplex
  readonly #limit: number
  readonly #decoder = new StringDecoder('utf8')
  /** Of a line that is not whole yet. */
  #parts: string[] = []
  #size = 0

  /** `limit`: characters of a line. A longer one, or one that is no JSON, ends the connection. */
  constructor(stream: Duplex, limit: number) {
    this.#stream = stream
    this.#limit = limit
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
      for (const line of this.#lines(this.#decoder.write(bytes))) {
        if (this.#stream.destroyed) return
        const value = parsed(line)
        if (value === undefined) this.#stream.destroy()
        else listener(value)
      }
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

  *#lines(text: string): Generator<string> {
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#parts.push(text.slice(from, end))
      yield this.#parts.join('')
      this.#parts = []
      this.#size = 0
      from = end + 1
    }
    const rest = text.slice(from)
    if (rest === '') return
    this.#parts.push(rest)
    this.#size += rest.length
    if (this.#size > this.#limit) this.#stream.destroy()
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // undefined is no JSON value: the caller hangs up.
    return undefined
  }
}
