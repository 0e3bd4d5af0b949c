import { z } from 'zod'

/** How many calls in a row one run may keep its slot, and with it the server's cache, while another like it waits. */
const CALLS_IN_A_ROW = 8

/**
 * One line of the file that orders the calls of a server. `enter`: a call wants to begin. `rest`: it is over, and the
 * same run will have another soon. `take`: a slot that rested too long is given up by whoever waits for it. `leave`:
 * no more calls, or its process is gone. `close`: the file is used up, if nobody is in it.
 */
export const SlotLine = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('enter'),
    id: z.string(),
    pid: z.number().int().positive(),
    startedAt: z.string(),
    /** Of the machine: after it was started anew, pid and start time may come again. */
    boot: z.string(),
    background: z.boolean(),
    /** How many calls the server takes at once, as far as this process knows; the newest line counts. */
    slots: z.number().int().positive(),
  }),
  /** `at`: milliseconds since 1970. */
  z.object({ type: z.literal('rest'), id: z.string(), at: z.number() }),
  z.object({ type: z.literal('take'), id: z.string() }),
  z.object({ type: z.literal('leave'), id: z.string() }),
  z.object({ type: z.literal('close') }),
])
export type SlotLine = z.infer<typeof SlotLine>

/** One caller in the queue: its call waits for a slot, has one, or is over while its slot rests for the next one. */
export interface QueueEntry {
  id: string
  pid: number
  startedAt: string
  boot: string
  background: boolean
  state: 'waiting' | 'working' | 'resting'
  /** Since when it rests; milliseconds since 1970. */
  restsSince: number
  /** Calls in a row during which one like it waited. */
  kept: number
}

/**
 * Who has a slot and who is next: a fold over the lines, without a clock, so that every process that reads the same
 * lines knows the same. Foreground before background, then in order of arrival.
 */
export class SlotOrder {
  /** By the id of the caller, in order of arrival. */
  readonly #entries = new Map<string, QueueEntry>()
  #slots = 1
  #closed = false

  /** No line counts any more. */
  get closed(): boolean {
    return this.#closed
  }

  get empty(): boolean {
    return this.#entries.size === 0
  }

  entries(): readonly QueueEntry[] {
    return [...this.#entries.values()]
  }

  entry(id: string): QueueEntry | undefined {
    return this.#entries.get(id)
  }

  /** The waiting entries whose turn comes before that of `id`, the first first. */
  before(id: string): QueueEntry[] {
    const queue = this.#queue()
    return queue.slice(
      0,
      Math.max(
        0,
        queue.findIndex((entry) => entry.id === id),
      ),
    )
  }

  apply(line: SlotLine): void {
    if (this.#closed) return
    switch (line.type) {
      case 'enter':
        this.#enter(line)
        break
      case 'rest':
        this.#rest(line)
        break
      case 'take':
        if (this.#entries.get(line.id)?.state === 'resting') this.#entries.delete(line.id)
        break
      case 'leave':
        this.#entries.delete(line.id)
        break
      case 'close':
        this.#closed = this.empty
    }
    this.#grant()
  }

  #enter({ slots, type: _, ...call }: Extract<SlotLine, { type: 'enter' }>): void {
    const { id } = call
    this.#slots = slots
    const known = this.#entries.get(id)
    if (known?.state === 'resting') known.state = 'working'
    if (known) return
    this.#entries.set(id, { ...call, state: 'waiting', restsSince: 0, kept: 0 })
  }

  /** The caller keeps its slot for its next call, unless somebody goes first or has waited long enough. */
  #rest({ id, at }: Extract<SlotLine, { type: 'rest' }>): void {
    const entry = this.#entries.get(id)
    if (entry?.state !== 'working') return
    const [next] = this.#queue()
    const isRival = next !== undefined && (entry.background || !next.background)
    entry.kept = isRival ? entry.kept + 1 : 0
    const isOver = (isRival && !next.background && entry.background) || entry.kept >= CALLS_IN_A_ROW
    if (isOver || this.#held() > this.#slots) {
      this.#entries.delete(id)
      return
    }
    entry.state = 'resting'
    entry.restsSince = at
  }

  #grant(): void {
    for (;;) {
      const [next] = this.#queue()
      if (!next) return
      if (this.#held() < this.#slots) {
        next.state = 'working'
        continue
      }
      const giving = next.background ? undefined : this.entries().find(restsInBackground)
      if (!giving) return
      this.#entries.delete(giving.id)
    }
  }

  #held(): number {
    return this.entries().filter(({ state }) => state !== 'waiting').length
  }

  #queue(): QueueEntry[] {
    const waiting = this.entries().filter(({ state }) => state === 'waiting')
    return [...waiting.filter(({ background }) => !background), ...waiting.filter(({ background }) => background)]
  }
}

function restsInBackground({ state, background }: QueueEntry): boolean {
  return background && state === 'resting'
}
