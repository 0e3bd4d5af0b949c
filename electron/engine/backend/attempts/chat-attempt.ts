import { setImmediate } from 'node:timers/promises'
import { failure } from '#shared/failure.ts'
import { counted } from '#shared/lib/counted.ts'
import type { StreamEvent } from '../contract/backend.ts'
import { AttemptError } from '../contract/backend-error.ts'
import type { Server } from '../contract/server.ts'
import { classifyError } from '../errors/classify-error.ts'
import { readErrorBody } from '../errors/server-error.ts'
import { isStaleConnection, transportError } from '../errors/transport-error.ts'
import { type HttpRequest, headerOf, type Response, readText, send } from '../http/http-exchange.ts'
import type { Connections } from '../http/open-connections.ts'
import { ProgressTimer } from '../http/progress-timer.ts'
import { NdjsonDecoder } from '../ollama-native/ndjson-decoder.ts'
import { type Asked, ChatReply } from '../reply/chat-reply.ts'
import { type Decoder, ReplyDecoder } from '../reply/reply-decoder.ts'
import type { Timeouts } from '../servers/timeouts.ts'

export interface AttemptOptions {
  agent: Connections
  server: Server
  request: Omit<HttpRequest, 'signal'>
  asked: Asked
  /** The request went to Ollama's native route. */
  native: boolean
  timeouts: Timeouts
  /** When the whole request is over, by `performance.now()`. */
  endsAt?: number
  /** How long `[DONE]` and usage are waited for after the finish (docs/servers.md B.9). */
  graceMs: number
  frameLimit: number
  /** How many connections were opened so far. */
  connections(): number
  retryAfter(header: string): number | undefined
}

/** So soon a connection shows that the server had closed it. */
const STALE_MS = 2000
/** No answer is that long, however much a server wraps around each piece of it. Bytes. */
const BODY_LIMIT = 1_000_000_000
/** An error's body beyond this is not read. */
const ERROR_BODY_LIMIT = 64_000

/** One request and its answer. Every way out ends with `close`. */
export class ChatAttempt {
  readonly #options: AttemptOptions
  readonly #signal: AbortSignal
  readonly #exchange = new AbortController()
  readonly #timer = new ProgressTimer()
  #wholeTimer: NodeJS.Timeout | undefined
  readonly #reply: ChatReply
  #body: AsyncIterator<Uint8Array> | undefined
  #decoder: Decoder | undefined
  #failure: AttemptError | undefined
  #callId: string | undefined
  /** What the timer waits for. */
  #waiting: 'first' | 'next' | 'end' = 'first'
  #bodyEnded = false
  #bytes = 0

  constructor(options: AttemptOptions, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
    this.#reply = new ChatReply(options.asked)
    signal.addEventListener('abort', this.#abort, { once: true })
    if (signal.aborted) this.#abort()
  }

  /** Something of the answer was handed out: no second attempt may follow. */
  get started(): boolean {
    return this.#reply.started
  }

  /** Sends the request; resolves at the head of a good answer. Throws `AttemptError`. */
  async open(): Promise<void> {
    const { agent, request, timeouts, frameLimit, server } = this.#options
    this.#timer.start(timeouts.firstByteMs, () => this.#expire(timeouts.firstByteMs, false))
    const { endsAt, connections } = this.#options
    const sent = { at: performance.now(), connections: connections() }
    if (endsAt !== undefined) this.#wholeTimer = setTimeout(() => this.#outOfTime(), endsAt - performance.now())
    let response: Response
    try {
      response = await send(agent, { ...request, signal: this.#exchange.signal })
      this.#callId = callIdOf(response)
      if (response.statusCode < 200 || response.statusCode > 299) throw await this.#httpError(response)
    } catch (error) {
      const failed = this.#translated(error, false)
      const isReused = connections() === sent.connections && performance.now() - sent.at < STALE_MS
      throw isReused && isStaleConnection(error) ? failed.with({ staleConnection: true }) : failed
    }
    const contentType = headerOf(response, 'content-type')
    const cost = Number(headerOf(response, 'x-litellm-response-cost') || Number.NaN)
    // The head of a stream is older than its cost (docs/servers.md F).
    const whole = !contentType.includes('event-stream')
    if (server.kind === 'litellm' && whole && cost > 0) this.#reply.costUsd = cost
    const Form = this.#options.native ? NdjsonDecoder : ReplyDecoder
    this.#decoder = new Form(this.#reply, { contentType, frameLimit })
    this.#body = response.body[Symbol.asyncIterator]()
  }

  /** The events of the next read, or null at the end. Throws `AttemptError` once all events before it are out. */
  async next(): Promise<StreamEvent[] | null> {
    for (;;) {
      if (this.#failure) throw this.#failure
      if (this.#reply.ended) return null
      try {
        await this.#read()
      } catch (error) {
        this.#failure = this.#translated(error, true)
        this.#reply.breakOff()
      }
      const events = this.#reply.drain()
      if (events.length > 0) return events
    }
  }

  /** Gives the connection back, or breaks it if the answer was left in the middle. */
  async close(): Promise<void> {
    this.#timer.stop()
    clearTimeout(this.#wholeTimer)
    this.#signal.removeEventListener('abort', this.#abort)
    if (this.#decoder?.done && !this.#bodyEnded && !this.#failure) {
      // The rest is the end of the body: once it is read, the connection serves the next request.
      this.#timer.start(REST_MS, () => this.#exchange.abort())
      await this.#body?.next().catch(() => {
        // The answer is complete; the connection may break now.
      })
      // undici gives a connection free one turn of the event loop after its answer ended.
      await setImmediate()
      this.#timer.stop()
    }
    this.#exchange.abort()
  }

  async #read(): Promise<void> {
    const body = this.#body
    const decoder = this.#decoder
    if (!body || !decoder) throw new Error('The attempt was not opened.')
    let read: IteratorResult<Uint8Array>
    try {
      read = await body.next()
    } catch (error) {
      this.#bodyEnded = true
      // After the finish nothing is missing but, perhaps, the usage.
      if (!this.#reply.finishSeen || this.#signal.aborted) throw error
      decoder.end()
      return
    }
    if (read.done) {
      this.#bodyEnded = true
      decoder.end()
      return
    }
    this.#bytes += read.value.length
    if (this.#bytes > BODY_LIMIT) throw this.#reply.protocolError(`The answer came to no end in ${BODY_LIMIT / 1e6} MB`)
    decoder.feed(read.value)
    if (decoder.progressed) this.#noteProgress()
  }

  #noteProgress(): void {
    const { graceMs, timeouts } = this.#options
    if (this.#reply.finishSeen) {
      if (this.#waiting === 'end') return
      this.#waiting = 'end'
      this.#timer.start(graceMs, this.#abort)
    } else if (this.#reply.started && this.#waiting === 'first') {
      this.#waiting = 'next'
      this.#timer.start(timeouts.idleMs, () => this.#expire(timeouts.idleMs, true))
    } else this.#timer.progress()
  }

  #abort = (): void => this.#exchange.abort()

  #expire(milliseconds: number, answering: boolean): void {
    const { name } = this.#options.server
    const minutes =
      milliseconds >= 60_000 ? counted(Math.round(milliseconds / 60_000), 'minute') : `${milliseconds / 1000} s`
    const message = answering
      ? `${name} stopped in the middle of its answer and sent nothing for ${minutes}. Try again, or allow more time in the profile.`
      : `${name} did not begin to answer within ${minutes}. Is it busy or loading? Try again, or allow more time in the profile.`
    this.#exchange.abort(new AttemptError(failure('timeout', message, { retryable: true })))
  }

  #outOfTime(): void {
    const { server, timeouts } = this.#options
    const message = `${server.name} was not done within the ${(timeouts.wholeMs ?? 0) / 1000} s that its profile allows for a whole answer. Ask for less, or allow more time in the profile.`
    this.#exchange.abort(new AttemptError(failure('timeout', message)))
  }

  async #httpError(response: Response): Promise<AttemptError> {
    const body = await readText(response.body, ERROR_BODY_LIMIT)
    const wait = this.#options.retryAfter(headerOf(response, 'retry-after'))
    const error = { ...readErrorBody(body), location: headerOf(response, 'location') }
    return classifyError(error, response.statusCode, this.#options.server, wait)
  }

  #translated(error: unknown, answering: boolean): AttemptError {
    if (this.#signal.aborted)
      return new AttemptError(failure('aborted', 'The request was stopped.'), {}, { cause: error })
    const { reason } = this.#exchange.signal
    const known = reason instanceof AttemptError ? reason : transportError(error, this.#options.server, answering)
    if (this.#callId === undefined) return known
    const details = { ...known.failure.details, callId: this.#callId }
    return new AttemptError({ ...known.failure, details }, known.remedy, { cause: known.cause })
  }
}

/** How long the end of a body may take after `[DONE]`. */
const REST_MS = 200

/** As LiteLLM and OpenRouter name a call in the heads of their answers (docs/servers.md A, F). */
function callIdOf(response: Response): string | undefined {
  const id = headerOf(response, 'x-litellm-call-id') || headerOf(response, 'x-generation-id')
  return /^[\w.:-]{1,100}$/.test(id) ? id : undefined
}
