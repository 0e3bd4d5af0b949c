import type { FeedMessage, FeedRequest, PortHandOver } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'

/** What the page must see of a message to take the port that came with it. */
export interface HandOverEvent {
  data: unknown
  source: unknown
  ports: readonly FeedPort[]
}

/** As much of a MessagePort as is used here. */
export interface FeedPort {
  addEventListener(type: 'message', listener: (event: MessageEvent<FeedMessage>) => void): void
  addEventListener(type: 'close', listener: () => void): void
  start(): void
  postMessage(message: FeedRequest): void
}

/** How the page gets its port; `window` and `window.claw` in the app. */
export interface FeedHost {
  requestFeed(nonce: string): void
  addEventListener(type: 'message', listener: (event: HandOverEvent) => void): void
}

/**
 * Keeps one port to main open. Listens first and asks then, so that no port is missed; asks for a new port when one
 * was lost, and subscribes again to what was wanted.
 */
export class FeedClient {
  readonly #host: FeedHost
  readonly #own: unknown
  readonly #listener: (message: FeedMessage) => void
  readonly #sessions = new Set<SessionId>()
  #nonce = ''
  #port: FeedPort | null = null

  /** `own` is what `event.source` must be: a message from a frame or another window is not main's. */
  constructor(host: FeedHost, own: unknown, listener: (message: FeedMessage) => void) {
    this.#host = host
    this.#own = own
    this.#listener = listener
  }

  start(): void {
    this.#host.addEventListener('message', (event) => this.#receive(event))
    this.#ask()
  }

  subscribe(sessionId: SessionId): void {
    if (this.#sessions.has(sessionId)) return
    this.#sessions.add(sessionId)
    this.#post({ type: 'subscribe', sessionId })
  }

  unsubscribe(sessionId: SessionId): void {
    if (!this.#sessions.delete(sessionId)) return
    this.#post({ type: 'unsubscribe', sessionId })
  }

  #ask(): void {
    this.#port = null
    this.#nonce = crypto.randomUUID()
    this.#host.requestFeed(this.#nonce)
  }

  #receive(event: HandOverEvent): void {
    const port = event.ports[0]
    if (event.source !== this.#own || !port || !isHandOver(event.data) || event.data.nonce !== this.#nonce) return
    // One nonce, one port.
    this.#nonce = ''
    this.#port = port
    port.addEventListener('message', ({ data }) => this.#deliver(data))
    port.addEventListener('close', () => {
      if (this.#port === port) this.#ask()
    })
    port.start()
    this.#post({ type: 'subscribe-app' })
    for (const sessionId of this.#sessions) this.#post({ type: 'subscribe', sessionId })
  }

  #deliver(message: FeedMessage): void {
    if (message.type === 'closed') this.#sessions.delete(message.sessionId)
    this.#listener(message)
  }

  /** Without a port the wish is kept: the next port gets it. */
  #post(message: FeedRequest): void {
    this.#port?.postMessage(message)
  }
}

function isHandOver(data: unknown): data is PortHandOver {
  return (
    typeof data === 'object' && data !== null && 'type' in data && data.type === 'claw-feed-port' && 'nonce' in data
  )
}
