import { type FSWatcher, watch } from 'node:fs'
import { FailureError } from '#shared/failure.ts'
import type { Clock } from '../lib/clock.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import { dayOf, endOfDay, monthOf } from './day.ts'
import { LedgerFiles } from './ledger-files.ts'
import { lineText, type SpendLine } from './ledger-line.ts'
import { SpendingFold } from './spending-fold.ts'

export type NewSpend = Omit<SpendLine, 'type' | 'at' | 'day'>

/** What was spent, by every process of this person. Nothing is read before somebody asks. */
export class Ledger {
  readonly files: LedgerFiles
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  /** Could not be written yet; goes with the next line. */
  #waiting: string[] = []
  #fold = new SpendingFold()
  #position: { month: string; offset: number } | null = null
  #reading: Promise<void> = Promise.resolve()
  #watcher: FSWatcher | null = null
  #midnight: NodeJS.Timeout | undefined
  #closed = false

  constructor(folder: string, clock: Clock) {
    this.files = new LedgerFiles(folder)
    this.#clock = clock
  }

  /** `FailureError` `storage`: it is kept, and written with the next one. */
  async spend(spend: NewSpend): Promise<void> {
    const at = this.#clock.now()
    const day = dayOf(at)
    this.#waiting.push(lineText({ type: 'spend', at, day, ...spend }))
    const lines = this.#waiting
    this.#waiting = []
    try {
      await this.files.append(monthOf(day), lines.join(''))
    } catch (error) {
      this.#waiting.unshift(...lines)
      throw error
    }
    if (this.#watcher) await this.#tell()
  }

  /** As far as it was read. */
  fold(): SpendingFold {
    return this.#fold
  }

  /** The fold of all that is written by now, from the beginning of this month on. `FailureError` `storage`. */
  async current(): Promise<SpendingFold> {
    // Who waits for the one before would see what was written before it was asked.
    const reading = this.#reading.then(() => this.#catchUp())
    this.#reading = reading.catch(() => undefined)
    await reading
    return this.#fold
  }

  /** Whenever lines were added, here or by others, and when a day begins; once `watch` runs. */
  onChange(listener: () => void): Unsubscribe {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Keeps the fold current. `FailureError` `storage`. */
  async watch(): Promise<void> {
    await this.files.prepare()
    if (this.#closed) return
    this.#watcher = watch(this.files.folder, { persistent: false }, () => void this.#tell()).on('error', () => {
      // Out of watches or the folder is gone: then only what this process spends is seen.
    })
    this.#atMidnight()
    await this.#tell()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#midnight)
    this.#watcher?.close()
    this.#watcher = null
    await this.files.close()
  }

  /** What cannot be read now is read with the next change; who needs a number asks `current` and hears of it. */
  async #tell(): Promise<void> {
    const { revision } = this.#fold
    try {
      await this.current()
    } catch (error) {
      if (error instanceof FailureError) return
      throw error
    }
    if (this.#fold.revision !== revision) this.#changed()
  }

  async #catchUp(): Promise<void> {
    const month = monthOf(dayOf(this.#clock.now()))
    const position = this.#position ?? { month, offset: 0 }
    const take = (text: string) => this.#fold.take(text)
    if (position.month !== month) {
      // The rest of the month before, which may hold what this one's first readers need.
      await this.files.read(position.month, position.offset, take)
      position.month = month
      position.offset = 0
    }
    position.offset = await this.files.read(month, position.offset, take)
    this.#position = position
  }

  #atMidnight(): void {
    const now = this.#clock.now()
    this.#midnight = setTimeout(() => {
      this.#changed()
      this.#atMidnight()
    }, endOfDay(now) - now)
    this.#midnight.unref()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
