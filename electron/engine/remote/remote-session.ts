import type { Duplex } from 'node:stream'
import { type Failure, FailureError, failure } from '#shared/failure.ts'
import type { RunId, SessionId } from '#shared/ids.ts'
import { applyEvent } from '#shared/session/apply-event.ts'
import type { Content } from '#shared/session/content.ts'
import type { SendOptions } from '#shared/session/send-options.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import { type SessionVerb, sessionVerbs, type VerbInput } from '#shared/session/session-verbs.ts'
import type { SessionView, TurnEnd } from '#shared/session/session-view.ts'
import { Emitter } from '../lib/emitter.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { Connect } from '../runs/run-address.ts'
import type { RunEntry } from '../runs/run-entry.ts'
import type { AttachedSession, Begun, QueuePosition } from '../sessions/sessions.ts'
import type { FromWorker } from './protocol.ts'
import { type ConnectionEnd, gone, WorkerConnection } from './worker-connection.ts'

interface Listener {
  onEvent(event: SessionEvent): void
  onSnapshot?: (() => void) | undefined
}

/** A session that the worker of a background run has open, seen and steered from here. */
export class RemoteSession implements AttachedSession {
  readonly id: SessionId
  readonly runId: RunId
  readonly #connection: WorkerConnection
  readonly #listeners = new Set<Listener>()
  readonly #endListeners = new Emitter()
  readonly #turnEnds = new Set<(end: TurnEnd) => void>()
  #view: SessionView | null = null
  #end: ConnectionEnd | null = null

  private constructor(
    stream: Duplex,
    entry: RunEntry,
    patienceMs: number,
    onFirst: () => void,
    onRefused: (failure: Failure) => void,
  ) {
    this.id = entry.run.sessionId
    this.runId = entry.run.runId
    this.#connection = new WorkerConnection(stream, entry, patienceMs, {
      onMessage: (message) => {
        const isFirst = this.#view === null
        this.#receive(message)
        if (isFirst && this.#view) onFirst()
      },
      onEnd: (end) => {
        this.#finish(end)
        onRefused(end.kind === 'lost' ? end.failure : gone(this.runId))
      },
    })
  }

  /**
   * Connects to the worker of a run. `FailureError`: `transport` it is gone, `timeout` it does not answer, `busy` it just
   * starts, or another version.
   */
  static async attach(entry: RunEntry, connect: Connect, patienceMs: number): Promise<RemoteSession> {
    if (!entry.endpoint) throw new FailureError(starting(entry.run.runId))
    const stream = connect(entry.endpoint)
    return await new Promise((resolve, reject) => {
      const session: RemoteSession = new RemoteSession(
        stream,
        entry,
        patienceMs,
        () => resolve(session),
        (failure) => reject(new FailureError(failure)),
      )
    })
  }

  /** When the worker ended, is gone, or does not answer. At once, if it is so already. */
  onEnd(listener: () => void): void {
    if (this.#end) listener()
    else this.#endListeners.on(listener)
  }

  connectionFailure(): Failure | null {
    return this.#end?.kind === 'lost' && this.#end.failure.code !== 'transport' ? this.#end.failure : null
  }

  view(): SessionView {
    if (!this.#view) throw new Error('It is given out only when its first view is there.')
    return this.#view
  }

  subscribe(onEvent: (event: SessionEvent) => void, onSnapshot?: () => void): Unsubscribe {
    const listener = { onEvent, onSnapshot }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async send(content: Content): Promise<TurnEnd> {
    return (await this.begin(content)).end
  }

  async begin(content: Content, _options?: SendOptions, position?: QueuePosition): Promise<Begun> {
    if (typeof content !== 'string') throw new FailureError(textOnly)
    return await this.#begin('send', { text: content, ...position })
  }

  resume(): Promise<Begun> {
    return this.#begin('resume', {})
  }

  async request<Name extends SessionVerb>(name: Name, input: VerbInput<Name>): Promise<Begun | undefined> {
    if (sessionVerbs[name].begins) return await this.#begin(name, input)
    await this.#connection.request(name, input)
  }

  async #begin<Name extends SessionVerb>(name: Name, input: VerbInput<Name>): Promise<Begun> {
    let ended: (end: TurnEnd) => void = () => undefined
    const end = new Promise<TurnEnd>((resolve) => {
      ended = resolve
    })
    this.#turnEnds.add(ended)
    try {
      await this.#connection.request(name, input)
    } catch (error) {
      this.#turnEnds.delete(ended)
      // A worker that reads no more is about to leave: after that the session can be opened here.
      if (error instanceof FailureError && error.failure.code === 'transport') {
        await new Promise<void>((resolve) => this.onEnd(resolve))
      }
      throw error
    }
    return { end }
  }

  /** null: what the session spends is reckoned by its own process. */
  runLink(): null {
    return null
  }

  /** null: an open turn goes on in its own process. */
  async continueOpenTurn(): Promise<null> {
    return null
  }

  /** Looks no more; the run goes on. */
  close(): void {
    this.#connection.close()
  }

  #receive(message: Extract<FromWorker, { type: 'snapshot' | 'events' }>): void {
    if (message.type === 'snapshot') {
      const isFirst = this.#view === null
      this.#view = message.view
      if (isFirst) return
      // What ended in between is not told as an event any more.
      const end = message.view.turns.at(-1)?.end
      if (end) this.#turnEnded(end)
      for (const { onSnapshot } of [...this.#listeners]) onSnapshot?.()
      return
    }
    for (const event of message.events) {
      if (!this.#view || event.seq <= this.#view.seq) continue
      this.#view = applyEvent(this.#view, event)
      for (const { onEvent } of [...this.#listeners]) onEvent(event)
      const end = event.type === 'turn-end' ? this.#view.turns.at(-1)?.end : null
      if (end) this.#turnEnded(end)
    }
  }

  #turnEnded(end: TurnEnd): void {
    for (const resolve of this.#turnEnds) resolve(end)
    this.#turnEnds.clear()
  }

  #finish(end: ConnectionEnd): void {
    this.#end = end
    const at = this.#view?.updatedAt ?? 0
    this.#turnEnded({ reason: 'interrupted', at, failure: end.kind === 'lost' ? end.failure : null, budget: null })
    this.#endListeners.emit()
    this.#listeners.clear()
    this.#endListeners.clear()
  }
}

const textOnly = failure(
  'invalid-input',
  'A session that runs in the background takes text only. Bring it here to send an image.',
)

/** The code `busy`: its worker does not listen yet. */
function starting(runId: RunId): Failure {
  return failure('busy', `The run ${runId} is just starting. Try again.`)
}
