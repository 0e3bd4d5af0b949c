import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import { counted } from '#shared/lib/counted.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { Backend } from '../backend/contract/backend.ts'
import { bootIdentity, ownIdentity } from '../lib/process-identity.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import type { Pause } from './pause.ts'
import { knownSlots, serverKey, slotCount } from './slot-count.ts'
import type { SlotQueue } from './slot-queue.ts'

/** Why a call does not begin yet. */
export type SlotWait =
  /** `before`: how many calls of this person go first. */
  | { kind: 'queued'; before: number; slots: number }
  /** *Pause all*. */
  | { kind: 'paused' }

/** "1 before it, vLLM has 2 slots" */
export function waitWords(profileName: string, wait: SlotWait): string {
  if (wait.kind === 'paused') return 'background runs are paused'
  const { before, slots } = wait
  const position = before === 0 ? 'next' : `${before} before it`
  return `${position}, ${profileName} has ${counted(slots, 'slot')}`
}

export interface SlotTarget {
  backend: Backend
  profile: Profile
}

export interface SlotCall extends SlotTarget {
  signal: AbortSignal
  onWait(wait: SlotWait): void
  /** Something a person should know although the call goes on. */
  onWarning(message: string): void
}

/** Whoever makes one call after the other, such as a turn: it has a slot during each call, and may keep it in between. */
export interface SlotHolder {
  /**
   * Resolves when the call may begin; what it resolves with is called when it is over. Throws `FailureError` `aborted`
   * after `signal`. A queue that cannot be kept holds nothing up.
   */
  acquire(call: SlotCall): Promise<() => void>
  /** Ends the holder: it makes no more calls, and its slot is free for others at once. */
  leave(): void
}

export interface SlotsOptions {
  dataFolder: string
  /** The calls of this process go behind those of window and terminals, and hold while everything is paused. */
  background: boolean
  pause: Pause
  now(): number
}

/** A server without a limit costs a call nothing. */
const noRelease = () => {}

/** One queue a server for the calls of this user: of the window, the terminals and the workers. */
export class Slots {
  readonly #options: SlotsOptions
  readonly #queues = new Map<string, Promise<SlotQueue>>()
  readonly #warned = new Set<string>()

  constructor(options: SlotsOptions) {
    this.#options = options
  }

  /** A new holder, in no queue yet. */
  holder(): SlotHolder {
    const id = randomUUID().slice(0, 13)
    let held: SlotQueue | null = null
    let counted: { backend: Backend; slots: number | null } | null = null
    const leave = () => {
      held?.leave(id)
      held = null
    }
    const enterQueue = async (call: SlotCall): Promise<() => void> => {
      const { profile, backend, signal } = call
      const known = knownSlots(profile)
      if (known === undefined && counted?.backend !== backend) {
        counted = { backend, slots: await slotCount(profile, backend, signal) }
      }
      const slots = known === undefined ? (counted?.slots ?? null) : known
      if (slots === null) return noRelease
      const queue = await this.#queue(profile)
      if (held && held !== queue) leave()
      await this.#enter(queue, id, slots, call)
      held = queue
      // What vLLM read once is there for all of its slots: nothing is lost by giving one away.
      return () => (profile.kind === 'vllm' ? queue.leave(id) : queue.rest(id))
    }
    return {
      leave,
      acquire: async (call) => {
        try {
          return await this.#unpaused(call, leave, enterQueue)
        } catch (error) {
          if (call.signal.aborted) throw aborted(error)
          this.#warn(call, error)
          return noRelease
        }
      },
    }
  }

  /** Leaves all queues. Never rejects. */
  async close(): Promise<void> {
    const queues = [...this.#queues.values()]
    this.#queues.clear()
    await Promise.allSettled(queues.map(async (queue) => (await queue).close()))
  }

  async #enter(queue: SlotQueue, id: string, slots: number, call: SlotCall): Promise<void> {
    const { background } = this.#options
    await queue.enter({ id, background, slots }, call.signal, (before) => {
      call.onWait({ kind: 'queued', before, slots })
    })
  }

  /** A run that is held is in no queue: nobody waits for one that waits for a person. */
  async #unpaused(
    call: SlotCall,
    leave: () => void,
    enterQueue: (call: SlotCall) => Promise<() => void>,
  ): Promise<() => void> {
    const { background, pause } = this.#options
    if (!background) return enterQueue(call)
    await pause.watch()
    for (;;) {
      await pause.waitUntilResumed(call.signal, () => {
        leave()
        call.onWait({ kind: 'paused' })
      })
      const held = new AbortController()
      const stopListening = pause.onChange(() => {
        if (pause.paused()) held.abort()
      })
      try {
        const release = await enterQueue({ ...call, signal: AbortSignal.any([call.signal, held.signal]) })
        if (!(await pause.refresh())) return release
        release()
      } catch (error) {
        if (!held.signal.aborted || call.signal.aborted) throw error
      } finally {
        stopListening()
      }
    }
  }

  #queue(profile: Profile): Promise<SlotQueue> {
    const key = serverKey(profile)
    const known = this.#queues.get(key)
    if (known) return known
    const { dataFolder, now } = this.#options
    const opening = (async () => {
      // Only who needs a queue pays for loading it.
      const { SlotQueue } = await import('./slot-queue.ts')
      const [identity, boot] = await Promise.all([ownIdentity(), bootIdentity()])
      return new SlotQueue({ folder: join(dataFolder, 'slots', key), own: { ...identity, boot }, now })
    })()
    this.#queues.set(key, opening)
    return opening
  }

  #warn({ profile, onWarning }: SlotCall, error: unknown): void {
    if (this.#warned.has(profile.id)) return
    this.#warned.add(profile.id)
    const { message } = storageFailure(`keep the queue of ${profile.name}`, error)
    onWarning(`${message} Calls go on without it.`)
  }
}

function aborted(cause: unknown): FailureError {
  return new FailureError(failure('aborted', 'The turn was stopped.'), { cause })
}
