import { FailureError } from '#shared/failure.ts'
import { dayOf, endOfDay, monthOf } from '#shared/spending/day.ts'
import type { Clock } from '../lib/clock.ts'
import { Emitter } from '../lib/emitter.ts'
import { newReservationId } from '../lib/new-id.ts'
import { isAlive, ownIdentity, type ProcessIdentity } from '../lib/process-identity.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import { watchPath } from '../lib/watch-path.ts'
import type { Grant } from './grant.ts'
import { LedgerFiles, type LedgerStore } from './ledger-files.ts'
import { LedgerFold } from './ledger-fold.ts'
import { type LedgerLine, lineText, type ReserveLine, type SpendLine } from './ledger-line.ts'

export type NewSpend = Omit<SpendLine, 'type' | 'at' | 'day'>
export type NewReservation = Omit<ReserveLine, 'type' | 'at' | 'day' | 'id' | 'pid' | 'startedAt'>

/**
 * What was spent and what is reserved, by every process of this person. Nothing is read before somebody asks. There is
 * no lock: a line is appended, and the order of the file decides what it is worth.
 */
export class Ledger {
  readonly files: LedgerStore
  readonly #clock: Clock
  readonly #changes = new Emitter()
  /** Could not be written yet; goes with the next line. */
  #waiting: string[] = []
  #fold = new LedgerFold()
  /** The first month that somebody needs. */
  #first: string | null = null
  /** Where the fold goes on; null = at the first month. */
  #position: { month: string; offset: number } | null = null
  #reading: Promise<unknown> = Promise.resolve()
  #identity: Promise<ProcessIdentity> | undefined
  #watcher: { close(): void } | null = null
  #midnight: NodeJS.Timeout | undefined
  #closed = false

  constructor(folder: string, clock: Clock, files: LedgerStore = new LedgerFiles(folder)) {
    this.files = files
    this.#clock = clock
  }

  /** Writes what a call spent. `FailureError` `storage`: it is kept, and written with the next line. */
  async spend(spend: NewSpend): Promise<void> {
    await this.#append({ type: 'spend', ...this.#stamp(), ...spend })
    if (this.#watcher) await this.#tell()
  }

  /**
   * Reserves what a call may spend. A refusal counts only after the reservations of processes that are gone have been
   * released. `FailureError` `storage`: nobody can know what is left.
   */
  async reserve(reservation: NewReservation): Promise<Grant> {
    for (;;) {
      const id = newReservationId()
      this.#fold.expect(id)
      this.#identity ??= ownIdentity()
      const { pid, startedAt } = await this.#identity
      await this.#append({ type: 'reserve', ...this.#stamp(), id, pid, startedAt, ...reservation })
      await this.current()
      const grant = this.#fold.grant(id)
      if (!grant) throw new Error('The line that was just written is not in the ledger.')
      if (grant.ok || !(await this.#releaseGone())) return grant
    }
  }

  /** Gives back what calls reserved and did not spend. `FailureError` `storage`. */
  async release(calls: readonly string[]): Promise<void> {
    await this.#append({ type: 'release', ...this.#stamp(), calls })
  }

  /** The fold of the ledger, as far as it was read. */
  fold(): LedgerFold {
    return this.#fold
  }

  /**
   * The fold of all that is written by now, at least from the month of `since` on (default: this month).
   * `FailureError` `storage`.
   */
  async current(since = this.#clock.now()): Promise<LedgerFold> {
    // Each reads by itself: who waited for another's look would miss what was written since it began.
    const reading = this.#reading.then(() => this.#catchUp(monthOf(dayOf(since))))
    // Told right below; the next look only waits for the end of this one.
    this.#reading = reading.catch(() => undefined)
    await reading
    return this.#fold
  }

  /** Whenever lines were added, here or by others, and when a day begins; once `watch` runs. */
  onChange(listener: () => void): Unsubscribe {
    return this.#changes.on(listener)
  }

  /** Keeps the fold current. `FailureError` `storage`. */
  async watch(): Promise<void> {
    if (this.#watcher) return
    await this.files.prepare()
    if (this.#closed || this.#watcher) return
    // Where nothing can be followed, only what this process spends is seen.
    this.#watcher = watchPath(this.files.folder, { onChange: () => void this.#tell() })
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

  async #append(line: LedgerLine): Promise<void> {
    const lines = [...this.#waiting, lineText(line)]
    this.#waiting = []
    try {
      await this.files.append(monthOf(line.day), lines.join(''))
    } catch (error) {
      // A reservation that was not made is none; what was spent stays spent.
      this.#waiting = line.type === 'reserve' ? lines.slice(0, -1) : lines
      throw error
    }
  }

  /** false = all of them are still there. */
  async #releaseGone(): Promise<boolean> {
    const own = await this.#identity
    const gone = []
    for (const hold of this.#fold.holds()) {
      const isOwn = hold.pid === own?.pid && hold.startedAt === own.startedAt
      if (!isOwn && !(await isAlive(hold))) gone.push(hold.call)
    }
    if (gone.length > 0) await this.release(gone)
    return gone.length > 0
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

  async #catchUp(since: string): Promise<void> {
    const first = this.#first !== null && this.#first < since ? this.#first : since
    let position = first === this.#first ? this.#position : null
    if (!position) {
      this.#fold = this.#fold.again()
      this.#first = first
      position = { month: first, offset: 0 }
    }
    // Lines that were taken must not be taken twice: after a failure it begins anew.
    this.#position = null
    const addLine = (text: string) => this.#fold.addLine(text)
    position.offset = await this.files.read(position.month, position.offset, addLine)
    const today = monthOf(dayOf(this.#clock.now()))
    if (position.month < today) {
      for (const month of await this.files.months()) {
        if (month <= position.month || month > today) continue
        position.month = month
        position.offset = await this.files.read(month, 0, addLine)
      }
    }
    this.#position = position
  }

  #stamp(): { at: number; day: string } {
    const at = this.#clock.now()
    return { at, day: dayOf(at) }
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
    this.#changes.emit()
  }
}
