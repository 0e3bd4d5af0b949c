import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from '../lib/process-identity.ts'
import { watchPath } from '../lib/watch-path.ts'
import { Bell } from './bell.ts'
import { SlotLog } from './slot-log.ts'
import { type QueueEntry, type SlotLine, SlotOrder } from './slot-order.ts'

/** How long a slot waits for the next call of its run before whoever is next may have it. */
const REST_MS = 2000
/** A watch may miss a change, and nothing tells of a process that died: whoever waits looks by itself this often. */
const LOOK_MS = 1000
/** A file of this size is followed by a fresh one as soon as nobody is in it. */
const FULL_BYTES = 64 * 1024

/** What a caller says of itself when it asks for a slot. */
export interface SlotRequest {
  id: string
  background: boolean
  /** How many calls the server takes at once. */
  slots: number
}

export interface SlotQueueOptions {
  folder: string
  own: ProcessIdentity & { boot: string }
  now(): number
}

/** The queue of one server, as this process sees it. */
export class SlotQueue {
  readonly #options: SlotQueueOptions
  readonly #bells = new Set<Bell>()
  /** The lines that have to be written still, by the id of the entry that they are about. */
  readonly #debts = new Map<string, SlotLine>()
  #log: SlotLog | null = null
  #order = new SlotOrder()
  /** One step after the other, so that lines are folded once and in order. */
  #steps: Promise<unknown> = Promise.resolve()
  #watcher: { close(): void } | null = null
  #isClosed = false

  constructor(options: SlotQueueOptions) {
    this.#options = options
  }

  /**
   * Waits for a slot: resolves when the call may begin. `onMove` gets how many are before it, at first and whenever that
   * changes; where a slot is free it is not called. Rejects with the reason of `signal`, or with the system's error
   * when the disk refuses; the call is out of the queue then.
   */
  async enter(request: SlotRequest, signal: AbortSignal, onMove: (before: number) => void): Promise<void> {
    signal.throwIfAborted()
    const { id } = request
    this.#debts.delete(id)
    await this.#append({ type: 'enter', ...this.#options.own, ...request })
    if (this.#isWorking(id)) return
    const bell = new Bell()
    const ring = () => bell.ring()
    signal.addEventListener('abort', ring, { once: true })
    this.#bells.add(bell)
    try {
      this.#watch()
      await this.#wait(id, bell, signal, onMove)
    } catch (error) {
      this.leave(id)
      throw error
    } finally {
      signal.removeEventListener('abort', ring)
      this.#bells.delete(bell)
      if (this.#bells.size === 0) this.#unwatch()
    }
  }

  /** The call is over, and the same run will have another: its slot rests for a moment. */
  rest(id: string): void {
    this.#settle(id, { type: 'rest', id, at: this.#options.now() })
  }

  /** The run makes no more calls: its slot is free. */
  leave(id: string): void {
    this.#settle(id, { type: 'leave', id })
  }

  /** Closes the queue of this process. Resolves when everything is written that could be. */
  async close(): Promise<void> {
    await this.#steps
    this.#isClosed = true
    this.#unwatch()
    await this.#log?.close()
    this.#log = null
  }

  async #wait(id: string, bell: Bell, signal: AbortSignal, onMove: (before: number) => void): Promise<void> {
    let told = -1
    let lookedAt = Number.NEGATIVE_INFINITY
    for (;;) {
      await this.#step(() => this.#refresh())
      // Those far behind look less often: with many of them, the first few are enough.
      const pause = LOOK_MS * (1 + this.#order.before(id).length)
      if (performance.now() - lookedAt >= pause) {
        lookedAt = performance.now()
        await this.#clearDead(id)
      }
      const wait = this.#order.before(id).length === 0 ? await this.#removeRested() : pause
      signal.throwIfAborted()
      if (this.#isWorking(id)) return
      const before = this.#order.before(id).length
      if (before !== told) onMove(before)
      told = before
      await bell.rung(wait)
      signal.throwIfAborted()
    }
  }

  /**
   * Gives up the slots that rested too long; only the first in the queue does this. Resolves with the milliseconds until the
   * next one may be given up.
   */
  async #removeRested(): Promise<number> {
    let wait = LOOK_MS
    for (const { id, state, restsSince } of this.#order.entries()) {
      if (state !== 'resting') continue
      // A clock that was set may lie about it, but not for longer than this.
      const left = Math.min(restsSince + REST_MS - this.#options.now(), REST_MS)
      if (left > 0) wait = Math.min(wait, left)
      else await this.#append({ type: 'take', id })
    }
    return wait
  }

  /** Takes the entries of processes that are gone out of the queue: of those that keep this one waiting. */
  async #clearDead(id: string): Promise<void> {
    const ahead = new Set(this.#order.before(id))
    const inTheWay = this.#order.entries().filter((entry) => entry.state !== 'waiting' || ahead.has(entry))
    const dead = await Promise.all(inTheWay.map(async (entry) => ((await this.#lives(entry)) ? [] : [entry.id])))
    for (const gone of dead.flat()) await this.#append({ type: 'leave', id: gone })
  }

  async #lives({ pid, startedAt, boot }: QueueEntry): Promise<boolean> {
    const { own } = this.#options
    return (
      boot === own.boot && ((pid === own.pid && startedAt === own.startedAt) || (await isAlive({ pid, startedAt })))
    )
  }

  #isWorking(id: string): boolean {
    return this.#order.entry(id)?.state === 'working'
  }

  #append(line: SlotLine): Promise<void> {
    return this.#step(async () => {
      for (;;) {
        await (await this.#opened()).append(line)
        await this.#refresh()
        if (!this.#order.closed) return line.type === 'leave' ? this.#renew() : undefined
        await this.#advance()
        // What else there is to say is about entries of the file that is closed: there are none.
        if (line.type !== 'enter') return
      }
    })
  }

  /** A slot that could not be given up would be missed by everybody: it is tried again until this process ends. */
  #settle(id: string, line: SlotLine): void {
    this.#debts.set(id, line)
    const pay = async () => {
      while (this.#debts.get(id) === line && !this.#isClosed) {
        try {
          await this.#append(line)
          if (this.#debts.get(id) === line) this.#debts.delete(id)
        } catch {
          // The disk refuses: full, perhaps, and not for ever.
          await delay(LOOK_MS, undefined, { ref: false })
        }
      }
    }
    void pay()
  }

  /** Closes a file that is full when nobody is in it. */
  async #renew(): Promise<void> {
    const log = await this.#opened()
    if (!this.#order.empty || log.size < FULL_BYTES) return
    await log.append({ type: 'close' })
    await this.#refresh()
    if (this.#order.closed) await this.#advance()
  }

  async #advance(): Promise<void> {
    const log = await this.#opened()
    this.#log = null
    this.#order = new SlotOrder()
    this.#log = await log.next()
  }

  async #opened(): Promise<SlotLog> {
    if (this.#isClosed) throw new Error('This queue is closed.')
    this.#log ??= await SlotLog.open(this.#options.folder)
    return this.#log
  }

  async #refresh(): Promise<void> {
    const lines = await (await this.#opened()).news()
    for (const line of lines) this.#order.apply(line)
    if (lines.length > 0) this.#ring()
  }

  #step<Result>(action: () => Promise<Result>): Promise<Result> {
    const step = this.#steps.then(action)
    // Whoever took the step hears of it; the next one only waits for its end.
    this.#steps = step.catch(() => undefined)
    return step
  }

  #ring(): void {
    for (const bell of this.#bells) bell.ring()
  }

  /** Only while somebody waits. */
  #watch(): void {
    if (this.#watcher || !this.#log) return
    // Where nothing can be followed, whoever waits looks by itself.
    this.#watcher = watchPath(this.#log.path, {
      keepsAlive: true,
      onChange: () => this.#ring(),
      onLost: () => this.#unwatch(),
    })
  }

  #unwatch(): void {
    this.#watcher?.close()
    this.#watcher = null
  }
}
