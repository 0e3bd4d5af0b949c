import type { Duplex } from 'node:stream'
import { type Failure, FailureError, failure } from '#shared/failure.ts'
import type { RunId } from '#shared/ids.ts'
import { ENGINE_BUILD } from '../lib/engine-build.ts'
import { NdjsonChannel } from '../lib/ndjson-channel.ts'
import type { RunEntry } from '../runs/run-entry.ts'
import { RUN_PROTOCOL } from '../runs/run-version.ts'
import { type FromWorker, type ToWorker, WorkerMessages } from './protocol.ts'

/** A snapshot of the longest session that a person can have, with room to spare. Bytes. */
const LINE_LIMIT = 250_000_000

/** `over`: the worker said goodbye or is gone. `lost`: it does not answer, or says what cannot be understood. */
export type ConnectionEnd = { kind: 'over' } | { kind: 'lost'; failure: Failure }

export interface ConnectionListeners {
  onMessage(message: Extract<FromWorker, { type: 'snapshot' | 'events' }>): void
  /** Once. */
  onEnd(end: ConnectionEnd): void
}

interface Waiting {
  resolve(): void
  reject(error: FailureError): void
}

/** A viewer's end of the way to the worker of a run, which is handed in. Whoever does not answer within `patienceMs` is given up. */
export class WorkerConnection {
  readonly #runId: RunId
  readonly #stream: Duplex
  readonly #channel: NdjsonChannel
  readonly #messages: WorkerMessages
  readonly #listeners: ConnectionListeners
  readonly #waiting = new Map<number, Waiting>()
  readonly #patienceMs: number
  readonly #watch: NodeJS.Timeout
  #nextId = 1
  #silentTicks = 0
  #goodbye = false
  #end: ConnectionEnd | null = null

  constructor(
    stream: Duplex,
    entry: RunEntry,
    patienceMs: number,
    listeners: ConnectionListeners,
    build = ENGINE_BUILD,
  ) {
    const { endpoint, worker, run } = entry
    this.#runId = run.runId
    this.#listeners = listeners
    this.#patienceMs = patienceMs
    this.#stream = stream
    this.#messages = new WorkerMessages(build)
    this.#channel = new NdjsonChannel(stream, LINE_LIMIT)
    this.#channel.onMessage((value) => this.#receive(value))
    this.#post({ type: 'hello', protocol: RUN_PROTOCOL, token: endpoint?.token ?? '', instanceId: worker.instanceId })
    // A stream that is no socket stays half open.
    this.#stream.once('end', () => this.#stream.destroy())
    this.#channel.onClose(() =>
      this.#finish(this.#goodbye ? saidGoodbye : { kind: 'lost', failure: gone(this.#runId) }),
    )
    // Counted in ticks: while this machine or this process slept, the other one may have slept as well.
    this.#watch = setInterval(() => this.#tick(), patienceMs / TICKS)
  }

  /**
   * Asks the worker for a verb and resolves when it is done. `FailureError`: what the worker says, or why it cannot be
   * asked.
   */
  async request(name: string, input: object): Promise<void> {
    if (this.#end) throw new FailureError(this.#end.kind === 'lost' ? this.#end.failure : gone(this.#runId))
    const id = this.#nextId++
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#post({ type: 'request', id, name, input })
    })
  }

  /** Hangs up; the run goes on. */
  close(): void {
    this.#finish(saidGoodbye)
  }

  #tick(): void {
    this.#silentTicks++
    if (this.#silentTicks < TICKS) this.#post({ type: 'ping' })
    else this.#finish({ kind: 'lost', failure: silent(this.#runId, this.#patienceMs) })
  }

  #receive(value: unknown): void {
    this.#silentTicks = 0
    const message = this.#messages.read(value)
    if (message) this.#handle(message)
    else this.#finish({ kind: 'lost', failure: foreign(this.#runId) })
  }

  #handle(data: FromWorker): void {
    switch (data.type) {
      case 'pong':
        return
      case 'refused':
        this.#finish({ kind: 'lost', failure: failure('busy', data.message) })
        return
      case 'closed':
        this.#goodbye = true
        return
      case 'reply': {
        const waiting = this.#waiting.get(data.id)
        this.#waiting.delete(data.id)
        if (data.failure) waiting?.reject(new FailureError(data.failure))
        else waiting?.resolve()
        return
      }
      default:
        this.#listeners.onMessage(data)
    }
  }

  #post(message: ToWorker): void {
    this.#channel.post(message)
  }

  #finish(end: ConnectionEnd): void {
    if (this.#end) return
    this.#end = end
    clearInterval(this.#watch)
    this.#stream.destroy()
    const error = new FailureError(end.kind === 'lost' ? end.failure : gone(this.#runId))
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#listeners.onEnd(end)
  }
}

/** Into how many looks the patience is divided. */
const TICKS = 4
const saidGoodbye: ConnectionEnd = { kind: 'over' }

/** The code `transport`: its process is gone, what it did is in the journal. */
export function gone(runId: RunId): Failure {
  return failure('transport', `The background run ${runId} has ended.`, { retryable: true })
}

function silent(runId: RunId, patienceMs: number): Failure {
  const words = `The background run ${runId} has not answered for ${patienceMs / 1000} seconds; its process may be stopped.`
  return failure('timeout', `${words} Try again.`, { retryable: true, remedy: { kind: 'end', runId } })
}

function foreign(runId: RunId): Failure {
  return failure(
    'busy',
    `The background run ${runId} speaks as another version of the app does, so it cannot be attached to. It goes on.`,
  )
}
