import { isRecord } from '../../lib/json-record.ts'
import type { ChatReply } from '../reply/chat-reply.ts'
import type { Decoder, DecoderOptions } from '../reply/reply-decoder.ts'
import { callsOf, chunkFromNative } from './native-chunk.ts'

/** The bytes of Ollama's `/api/chat`, one JSON object a line and in whatever pieces, into the chunks of a reply. */
export class NdjsonDecoder implements Decoder {
  readonly #reply: ChatReply
  readonly #options: DecoderOptions
  readonly #text = new TextDecoder()
  #line = ''
  #calls = 0
  progressed = false
  done = false

  constructor(reply: ChatReply, options: DecoderOptions) {
    this.#reply = reply
    this.#options = options
  }

  feed(bytes: Uint8Array): void {
    this.progressed = false
    this.#feed(this.#text.decode(bytes, { stream: true }))
  }

  end(): void {
    // A last line that lacks its newline counts; half a line says nothing about the protocol.
    this.#feed(this.#text.decode())
    if (this.done) return
    const rest = this.#line.trim()
    if (rest !== '') this.#readLine(rest, true)
    if (!this.#reply.ended) this.#reply.end('nothing')
  }

  #feed(text: string): void {
    if (this.done || text === '') return
    const lines = text.split('\n')
    lines[0] = this.#line + lines[0]
    this.#line = lines.pop() ?? ''
    for (const line of lines) {
      if (line.length > this.#options.frameLimit) throw this.#tooLong()
      if (line.trim() !== '' && !this.done) this.#readLine(line, false)
    }
    if (this.#line.length > this.#options.frameLimit) throw this.#tooLong()
  }

  #readLine(text: string, isRest: boolean): void {
    if (text.trimStart().startsWith('<')) {
      const what = this.#options.contentType.split(';')[0] || 'text/html'
      throw this.#reply.protocolError(`The server answered with a web page (${what}) instead of a chat completion`)
    }
    let line: unknown
    try {
      line = JSON.parse(text)
    } catch {
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
    return this.#reply.protocolError(`The server sent more than ${this.#options.frameLimit} characters in one piece`)
  }
}
