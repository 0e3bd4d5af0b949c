import { isRecord, parseJson } from '#shared/lib/json.ts'
import { type Line, LineCutter } from '../../lib/line-cutter.ts'
import type { ChatReply } from '../reply/chat-reply.ts'
import type { Decoder, DecoderOptions } from '../reply/reply-decoder.ts'
import { callsOf, chunkFromNative } from './native-chunk.ts'

/** The bytes of Ollama's `/api/chat`, one JSON object a line and in whatever pieces, into the chunks of a reply. */
export class NdjsonDecoder implements Decoder {
  readonly #reply: ChatReply
  readonly #options: DecoderOptions
  readonly #lines: LineCutter
  #calls = 0
  progressed = false
  done = false

  constructor(reply: ChatReply, options: DecoderOptions) {
    this.#reply = reply
    this.#options = options
    this.#lines = new LineCutter(options.frameLimit)
  }

  feed(bytes: Uint8Array): void {
    this.progressed = false
    if (this.done) return
    for (const line of this.#lines.feed(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
      if (!this.done) this.#readLine(line, false)
    }
    if (!this.done && this.#lines.isTooLong) throw this.#tooLong()
  }

  end(): void {
    if (this.done) return
    // A last line that lacks its newline counts; half a line says nothing about the protocol.
    this.#readLine(this.#lines.end(), true)
    if (!this.#reply.ended) this.#reply.end('nothing')
  }

  #readLine({ text, isTooLong }: Line, isRest: boolean): void {
    if (isTooLong) throw this.#tooLong()
    // The first one may begin with the mark of UTF-8, which is white space here.
    const json = text.trim()
    if (json === '') return
    if (json.startsWith('<')) {
      const what = this.#options.contentType.split(';')[0] || 'text/html'
      throw this.#reply.protocolError(`The server answered with a web page (${what}) instead of a chat completion`)
    }
    const line = parseJson(json)
    if (line === undefined) {
      // The end of the body may have cut the last line in two.
      if (isRest && this.#reply.started) return
      throw this.#reply.protocolError('The server sent a piece of its answer that is not JSON', text.slice(0, 1000))
    }
    this.progressed = true
    if (!isRecord(line)) throw this.#reply.protocolError('The answer of the server is not a chat completion')
    if (line.error) this.#reply.fail(line)
    this.#reply.addChunk(chunkFromNative(line, this.#calls))
    this.#calls += callsOf(line).length
    if (line.done === true) {
      this.done = true
      this.#reply.end('done')
    }
  }

  #tooLong() {
    return this.#reply.protocolError(`The server sent more than ${this.#options.frameLimit} bytes in one piece`)
  }
}
