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

/** A run with a call that goes on, is over for the moment, or has to wait. */
export interface SlotTicket {
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
  /** In order of arrival. */
  readonly #tickets = new Map<string, SlotTicket>()
  #slots = 1
  #closed = false

  /** No line counts any more. */
  get closed(): boolean {
    return this.#closed
  }

  get empty(): boolean {
    return this.#tickets.size === 0
  }

  tickets(): readonly SlotTicket[] {
    return [...this.#tickets.values()]
  }

  ticket(id: string): SlotTicket | undefined {
    return this.#tickets.get(id)
  }

  /** Those whose turn comes before this one's, the first first. */
  before(id: string): SlotTicket[] {
    const queue = this.#queue()
    return queue.slice(
      0,
      Math.max(
        0,
        queue.findIndex((ticket) => ticket.id === id),
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
        if (this.#tickets.get(line.id)?.state === 'resting') this.#tickets.delete(line.id)
        break
      case 'leave':
        this.#tickets.delete(line.id)
        break
      case 'close':
        this.#closed = this.empty
    }
    this.#grant()
  }

  #enter({ slots, type: _, ...place }: Extract<SlotLine, { type: 'enter' }>): void {
    const { id } = place
    this.#slots = slots
    const known = this.#tickets.get(id)
    if (known?.state === 'resting') known.state = 'working'
    if (known) return
    this.#tickets.set(id, { ...place, state: 'waiting', restsSince: 0, kept: 0 })
  }

  /** It keeps its slot for its next call, unless somebody goes first or has waited long enough. */
  #rest({ id, at }: Extract<SlotLine, { type: 'rest' }>): void {
    const ticket = this.#tickets.get(id)
    if (ticket?.state !== 'working') return
    const [next] = this.#queue()
    const isRival = next !== undefined && (ticket.background || !next.background)
    ticket.kept = isRival ? ticket.kept + 1 : 0
    const isOver = (isRival && !next.background && ticket.background) || ticket.kept >= CALLS_IN_A_ROW
    if (isOver || this.#held() > this.#slots) {
      this.#tickets.delete(id)
      return
    }
    ticket.state = 'resting'
    ticket.restsSince = at
  }

  #grant(): void {
    for (;;) {
      const [next] = this.#queue()
      if (!next) return
      if (this.#held() < this.#slots) {
        next.state = 'working'
        continue
      }
      const giving = next.background ? undefined : this.tickets().find(restsInBackground)
      if (!giving) return
      this.#tickets.delete(giving.id)
    }
  }

  #held(): number {
    return this.tickets().filter(({ state }) => state !== 'waiting').length
  }

  #queue(): SlotTicket[] {
    const waiting = this.tickets().filter(({ state }) => state === 'waiting')
    return [...waiting.filter(({ background }) => !background), ...waiting.filter(({ background }) => background)]
  }
}

function restsInBackground({ state, background }: SlotTicket): boolean {
  return background && state === 'resting'
}
