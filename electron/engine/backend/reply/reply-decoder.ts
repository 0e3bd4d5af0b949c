import { createParser, type EventSourceMessage, type EventSourceParser } from 'eventsource-parser'
import { parseJson } from '#shared/lib/json.ts'
import type { ChatReply } from './chat-reply.ts'

export interface DecoderOptions {
  contentType: string
  /** The longest frame of an event stream, and the longest whole reply, in characters; the longest JSON line, in bytes. */
  frameLimit: number
}

/** The bytes of a body into the chunks of a reply. Its methods throw `AttemptError`; events before it are in the reply. */
export interface Decoder {
  /** Something other than comments came in the last piece. */
  readonly progressed: boolean
  /** The answer said that it is over. */
  readonly done: boolean
  feed(bytes: Uint8Array): void
  /** The body ended. */
  end(): void
}

/**
 * The bytes of a body, in whatever pieces they come, into the chunks of a reply: an event stream or one whole JSON
 * object, decided by the first character and not by what was asked for (docs/servers.md H 13).
 */
export class ReplyDecoder implements Decoder {
  readonly #reply: ChatReply
  readonly #options: DecoderOptions
  readonly #text = new TextDecoder()
  readonly #parser: EventSourceParser
  #mode: 'undecided' | 'stream' | 'whole' = 'undecided'
  #whole = ''
  /** Characters since the last frame ended. */
  #pending = 0
  #flushing = false
  /** Something other than comments came in the last piece. */
  progressed = false
  /** `[DONE]` was seen. */
  done = false

  constructor(reply: ChatReply, options: DecoderOptions) {
    this.#reply = reply
    this.#options = options
    this.#parser = createParser({
      onEvent: (event) => this.#frame(event),
      onComment: () => {
        this.#pending = 0
      },
    })
  }

  /** Decodes the next bytes of a body. Throws `AttemptError`; the events before it are in the reply. */
  feed(bytes: Uint8Array): void {
    this.#feed(this.#text.decode(bytes, { stream: true }))
  }

  /** The body ended. */
  end(): void {
    this.#feed(this.#text.decode())
    if (this.#mode === 'whole') this.#endWhole()
    else {
      // The parser never dispatches a last frame that lacks its blank line (docs/servers.md B.8).
      this.#flushing = true
      this.#parser.feed('\n\n')
      if (!this.#reply.ended) this.#reply.end(this.done ? 'done' : 'nothing')
    }
  }

  #feed(text: string): void {
    this.progressed = false
    if (text === '' || this.done) return
    this.#pending += text.length
    if (this.#mode === 'undecided') this.#decide(text)
    if (this.#mode === 'stream') this.#parser.feed(text)
    else if (this.#mode === 'whole') {
      this.#whole += text
      this.progressed = true
    }
    if (this.#pending > this.#options.frameLimit) throw this.#tooLong()
  }

  #tooLong() {
    return this.#reply.protocolError(`The server sent more than ${this.#options.frameLimit} characters in one piece`)
  }

  #decide(text: string): void {
    const first = text.trimStart()[0]
    if (first === undefined) return
    const { contentType } = this.#options
    if (first === '<' || contentType.startsWith('text/html')) {
      const what = contentType.split(';')[0] || 'text/html'
      throw this.#reply.protocolError(`The server answered with a web page (${what}) instead of a chat completion`)
    }
    this.#mode = first === '{' || first === '[' ? 'whole' : 'stream'
  }

  #frame({ event, data }: EventSourceMessage): void {
    this.#pending = 0
    if (this.done) return
    if (data.length > this.#options.frameLimit) throw this.#tooLong()
    if (data === '[DONE]') {
      this.done = true
      this.progressed = true
      this.#reply.end('done')
      return
    }
    const chunk = parseJson(data)
    if (chunk === undefined) {
      if (data.trim() === '') return
      this.progressed = true
      if (event === 'error') this.#reply.fail(data)
      // A frame that the end of the body cut in two says nothing about the protocol.
      if (this.#flushing) return
      if (data.trim() === '[DONE]') return
      throw this.#reply.protocolError('The server sent a piece of its answer that is not JSON', data.slice(0, 1000))
    }
    this.progressed = true
    if (event === 'error') this.#reply.fail(chunk)
    this.#reply.addChunk(chunk)
  }

  #endWhole(): void {
    const value = parseJson(this.#whole)
    if (value === undefined)
      throw this.#reply.protocolError('The answer of the server is not JSON', this.#whole.slice(0, 1000))
    this.#reply.addWhole(value)
    this.#reply.end('done')
  }
}
