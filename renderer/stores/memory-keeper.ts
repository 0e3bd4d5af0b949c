import type { Failure, Reply } from '#shared/failure.ts'
import type { WindowMemory, WindowMemoryChange } from '#shared/settings/window-memory.ts'

/** After so many milliseconds without a key what was written goes to the disk; while somebody types without a pause, this often. */
const PAUSE = 300
/** Milliseconds after which what could not be kept is tried again, one after the other. */
const AGAIN = [1_000, 5_000, 20_000] as const

export interface MemoryKeeperOptions {
  current(): WindowMemory
  save(change: WindowMemoryChange): Promise<Reply<null>>
  /** It could not be kept; null = now it is. Told once, not with each attempt. */
  onFailure(failure: Failure | null): void
}

/**
 * Brings to the disk what the window knows, a moment after it changed. What could not be kept is tried again by itself a few
 * times, then with the next change or when the person leaves.
 */
export class MemoryKeeper {
  readonly #options: MemoryKeeperOptions
  #kept: WindowMemory
  #pause: ReturnType<typeof setTimeout> | null = null
  #again: ReturnType<typeof setTimeout> | null = null
  #attempts = 0
  /** Something is not on the disk, and nobody knows what: all of it is brought there. */
  #failed = false

  /** `kept` is what the disk has. */
  constructor(options: MemoryKeeperOptions, kept: WindowMemory) {
    this.#options = options
    this.#kept = kept
  }

  changed(): void {
    this.#attempts = 0
    this.#pause ??= setTimeout(() => this.saveNow(), PAUSE)
  }

  /** Saves at once what is not saved yet, for whoever leaves: there may be no pause any more. */
  saveNow(): void {
    if (this.#pause !== null) clearTimeout(this.#pause)
    if (this.#again !== null) clearTimeout(this.#again)
    this.#pause = null
    this.#again = null
    const now = this.#options.current()
    const whole = this.#failed
    const change = whole ? now : changeBetween(this.#kept, now)
    this.#kept = now
    if (Object.keys(change).length > 0) void this.#save(change, whole)
  }

  async #save(change: WindowMemoryChange, whole: boolean): Promise<void> {
    const saved = await this.#options.save(change)
    if (saved.ok) {
      // Only all of it makes up for what could not be kept before.
      if (!whole) return
      this.#failed = false
      this.#attempts = 0
      this.#options.onFailure(null)
      return
    }
    if (!this.#failed) this.#options.onFailure(saved.failure)
    this.#failed = true
    const wait = AGAIN[this.#attempts]
    this.#attempts += 1
    if (wait !== undefined) this.#again ??= setTimeout(() => this.saveNow(), wait)
  }
}

function changeBetween(before: WindowMemory, now: WindowMemory): WindowMemoryChange {
  const drafts = Object.fromEntries(Object.entries(now.drafts).filter(([place, text]) => before.drafts[place] !== text))
  return {
    ...(Object.keys(drafts).length > 0 && { drafts }),
    ...(before.newChat !== now.newChat && { newChat: now.newChat }),
    ...(before.open !== now.open && { open: now.open }),
    ...(before.unseen.join() !== now.unseen.join() && { unseen: now.unseen }),
  }
}
