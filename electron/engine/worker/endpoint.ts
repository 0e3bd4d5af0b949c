import { timingSafeEqual } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Reply } from '#shared/failure.ts'
import { Viewer } from '../feed/viewer.ts'
import { NdjsonChannel } from '../lib/ndjson-channel.ts'
import { type FromWorker, ToWorker } from '../remote/protocol.ts'
import { RUN_PROTOCOL } from '../runs/run-version.ts'
import { closeToOthers, type WorkerSocket } from '../runs/worker-socket.ts'
import type { Session } from '../sessions/sessions.ts'

/** Longer than the longest message that a person sends, with room for its escapes. Bytes. */
const LINE_LIMIT = 8_000_000
/** How long a visitor may take to say who it is. Milliseconds. */
const HELLO_MS = 5_000

export interface EndpointOptions {
  session: Session
  socket: WorkerSocket
  platform: string
  token: string
  instanceId: string
  /** Names the code that runs here. */
  build: string
  /** Answers what a visitor asks by name. Never rejects. */
  answer(name: string, input: unknown): Promise<Reply<unknown>>
  /** How many look now. */
  onViewers(count: number): void
  onDefect(error: unknown): void
}

/** Where windows and terminals look at a run and have their say: the worker's end of the private socket. */
export class Endpoint {
  readonly #options: EndpointOptions
  readonly #server: Server
  readonly #visitors = new Set<Visitor>()

  private constructor(options: EndpointOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#receive(socket))
  }

  /** Listens on the socket of a worker for those who attach to its run. Rejects with the system's error. */
  static async listen(options: EndpointOptions): Promise<Endpoint> {
    const endpoint = new Endpoint(options)
    const server = endpoint.#server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.socket.path, () => {
        server.off('error', reject)
        server.on('error', options.onDefect)
        resolve()
      })
    })
    await closeToOthers(options.socket.path, options.platform)
    return endpoint
  }

  /** Says goodbye to everybody, and leaves when that is out. */
  async close(message: string): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const visitor of this.#visitors) visitor.end(message)
    await closed
    await this.#options.socket.remove()
  }

  #receive(stream: Duplex): void {
    const visitor = new Visitor(stream, this.#options, () => this.#options.onViewers(this.#count()))
    this.#visitors.add(visitor)
    stream.once('close', () => {
      this.#visitors.delete(visitor)
      visitor.close()
      this.#options.onViewers(this.#count())
    })
  }

  #count(): number {
    return [...this.#visitors].filter(({ admitted }) => admitted).length
  }
}

/** How long a goodbye may take to leave. Milliseconds. */
const GOODBYE_MS = 1_000

/** Whoever connects: a viewer of the session once it has said who it is. */
class Visitor {
  readonly #channel: NdjsonChannel
  readonly #options: EndpointOptions
  readonly #onAdmitted: () => void
  readonly #viewer: Viewer
  #hello: NodeJS.Timeout | undefined
  admitted = false

  constructor(stream: Duplex, options: EndpointOptions, onAdmitted: () => void) {
    this.#channel = new NdjsonChannel(stream, LINE_LIMIT)
    this.#options = options
    this.#onAdmitted = onAdmitted
    this.#viewer = new Viewer(this.#channel, {
      // A viewer of the same build need not examine what follows.
      post: (message) => this.#post(message.type === 'snapshot' ? { ...message, build: options.build } : message),
      onDefect: options.onDefect,
    })
    this.#channel.onMessage((value) => this.#receive(value))
    this.#hello = setTimeout(() => this.#channel.destroy(), HELLO_MS)
  }

  end(message: string): void {
    this.#viewer.catchUp()
    this.#post({ type: 'closed', sessionId: this.#options.session.id, message })
    this.#channel.end(GOODBYE_MS)
  }

  close(): void {
    clearTimeout(this.#hello)
    this.#viewer.close()
    this.admitted = false
  }

  #receive(value: unknown): void {
    const message = ToWorker.safeParse(value)
    // Only a program that was tampered with, or one of another version, sends what does not fit.
    if (!message.success) this.#channel.destroy()
    else if (message.data.type === 'hello') this.#admit(message.data)
    else if (!this.admitted) this.#channel.destroy()
    else if (message.data.type === 'ping') this.#post({ type: 'pong' })
    else this.#answer(message.data).catch(this.#options.onDefect)
  }

  #admit({ token, protocol, instanceId }: Extract<ToWorker, { type: 'hello' }>): void {
    clearTimeout(this.#hello)
    const { session } = this.#options
    const [given, wanted] = [Buffer.from(token), Buffer.from(this.#options.token)]
    const known = given.length === wanted.length && timingSafeEqual(given, wanted)
    if (!known || instanceId !== this.#options.instanceId || protocol !== RUN_PROTOCOL) {
      this.#refuse(known ? 'This run belongs to another version of the app.' : 'This is not the run that was meant.')
      return
    }
    if (this.admitted) return
    this.admitted = true
    this.#viewer.follow(session)
    this.#onAdmitted()
  }

  #refuse(message: string): void {
    this.#post({ type: 'refused', message })
    this.#channel.end(GOODBYE_MS)
  }

  async #answer({ id, name, input }: Extract<ToWorker, { type: 'request' }>): Promise<void> {
    const reply = await this.#options.answer(name, input)
    this.#post({ type: 'reply', id, failure: reply.ok ? null : reply.failure })
  }

  #post(message: FromWorker): void {
    this.#channel.post(message)
  }
}
