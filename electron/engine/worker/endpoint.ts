import { timingSafeEqual } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { Reply } from '#shared/failure.ts'
import { Outbox } from '../feed/outbox.ts'
import { NdjsonLine } from '../remote/ndjson-line.ts'
import { type FromWorker, ToWorker } from '../remote/protocol.ts'
import { RUN_PROTOCOL } from '../runs/run-version.ts'
import { closeToOthers, type SocketPlace } from '../runs/socket-place.ts'
import type { Session } from '../sessions/sessions.ts'

/** Longer than the longest message that a person sends, with room for its escapes. */
const LINE_LIMIT = 8_000_000
/** How long a visitor may take to say who it is. Milliseconds. */
const HELLO_MS = 5_000
/** Bytes that may wait for a slow viewer; past it, it gets a snapshot when it has caught up. */
const BEHIND_BYTES = 4_000_000

export interface EndpointOptions {
  session: Session
  place: SocketPlace
  platform: string
  token: string
  instanceId: string
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
  readonly #viewers = new Set<Viewer>()

  private constructor(options: EndpointOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#receive(socket))
  }

  /** Rejects with the system's error. */
  static async listen(options: EndpointOptions): Promise<Endpoint> {
    const endpoint = new Endpoint(options)
    const server = endpoint.#server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.place.path, () => {
        server.off('error', reject)
        server.on('error', options.onDefect)
        resolve()
      })
    })
    await closeToOthers(options.place.path, options.platform)
    return endpoint
  }

  /** Says goodbye to everybody, and leaves when that is out. */
  async close(message: string): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const viewer of this.#viewers) viewer.end(message)
    await closed
    await this.#options.place.leave()
  }

  #receive(socket: Socket): void {
    const viewer = new Viewer(socket, this.#options, () => this.#options.onViewers(this.#count()))
    this.#viewers.add(viewer)
    socket.once('close', () => {
      this.#viewers.delete(viewer)
      viewer.close()
      this.#options.onViewers(this.#count())
    })
  }

  #count(): number {
    return [...this.#viewers].filter(({ admitted }) => admitted).length
  }
}

/** How long a goodbye may take to leave. Milliseconds. */
const GOODBYE_MS = 1_000

class Viewer {
  readonly #socket: Socket
  readonly #line: NdjsonLine
  readonly #options: EndpointOptions
  readonly #onAdmitted: () => void
  readonly #outbox: Outbox
  #hello: NodeJS.Timeout | undefined
  #behind = false
  #stop: (() => void) | undefined
  admitted = false

  constructor(socket: Socket, options: EndpointOptions, onAdmitted: () => void) {
    this.#socket = socket
    this.#options = options
    this.#onAdmitted = onAdmitted
    this.#outbox = new Outbox((message) => this.#post(message))
    this.#line = new NdjsonLine(socket, LINE_LIMIT, (value) => this.#take(value))
    this.#hello = setTimeout(() => socket.destroy(), HELLO_MS)
    socket.on('drain', () => this.#catchUp())
  }

  end(message: string): void {
    if (this.#behind) this.#snapshot()
    else this.#outbox.flush()
    this.#line.post({ type: 'closed', sessionId: this.#options.session.id, message } satisfies FromWorker)
    this.#socket.end()
    setTimeout(() => this.#socket.destroy(), GOODBYE_MS).unref()
  }

  close(): void {
    clearTimeout(this.#hello)
    this.#stop?.()
    this.#outbox.close()
    this.admitted = false
  }

  #take(value: unknown): void {
    const message = ToWorker.safeParse(value)
    // Only a program that was tampered with, or one of another version, sends what does not fit.
    if (!message.success) this.#socket.destroy()
    else if (message.data.type === 'hello') this.#admit(message.data)
    else if (!this.admitted) this.#socket.destroy()
    else if (message.data.type === 'ping') this.#line.post({ type: 'pong' } satisfies FromWorker)
    else this.#answer(message.data).catch(this.#options.onDefect)
  }

  #admit({ token, protocol, instanceId }: Extract<ToWorker, { type: 'hello' }>): void {
    clearTimeout(this.#hello)
    const { session, onDefect } = this.#options
    const [given, wanted] = [Buffer.from(token), Buffer.from(this.#options.token)]
    const known = given.length === wanted.length && timingSafeEqual(given, wanted)
    if (!known || instanceId !== this.#options.instanceId || protocol !== RUN_PROTOCOL) {
      this.#refuse(known ? 'This run belongs to another version of the app.' : 'This is not the run that was meant.')
      return
    }
    if (this.admitted) return
    this.admitted = true
    this.#snapshot()
    // In the same tick as the snapshot: nothing is lost or told twice.
    this.#stop = session.subscribe((event) => {
      try {
        this.#outbox.add(session.id, session, event)
      } catch (error) {
        onDefect(error)
      }
    })
    this.#onAdmitted()
  }

  #refuse(message: string): void {
    this.#line.post({ type: 'refused', message } satisfies FromWorker)
    this.#socket.end()
  }

  async #answer({ id, name, input }: Extract<ToWorker, { type: 'request' }>): Promise<void> {
    const reply = await this.#options.answer(name, input)
    this.#line.post({ type: 'reply', id, failure: reply.ok ? null : reply.failure } satisfies FromWorker)
  }

  #post(message: unknown): void {
    if (this.#behind) return
    this.#behind = this.#line.waiting > BEHIND_BYTES
    if (!this.#behind) this.#line.post(message)
  }

  #snapshot(): void {
    const { session } = this.#options
    this.#line.post({ type: 'snapshot', sessionId: session.id, view: session.view() } satisfies FromWorker)
  }

  #catchUp(): void {
    if (!this.#behind) return
    this.#behind = false
    this.#outbox.forget(this.#options.session.id)
    this.#snapshot()
  }
}
