import type { ProfileId } from '#shared/ids.ts'
import type { Elapsed } from '../lib/clock.ts'
import { newReservationId } from '../lib/new-id.ts'
import { noCounts } from './counts.ts'
import type { Ledger } from './ledger.ts'
import { isSharedTime, type Refusal, type RunLimit, type RunLimits, refusalBy } from './run-limits.ts'

/** So much time is reserved at once. Others cannot use it meanwhile; each step costs a line. Milliseconds. */
const STEP = 10_000
/** More is reserved so long before it is needed, so that nobody works on while a file is written. Milliseconds. */
const AHEAD = 500

/** How long something may go on before it must ask again: for so many milliseconds, or without an end. */
export type HeldTime = { kind: 'until'; ms: number } | { kind: 'endless' }

/**
 * The time of a day or a month that a run has reserved: all runs together use no more than the limit. Without such a limit
 * it does nothing.
 */
export class TimeHold {
  readonly #limits: RunLimits
  readonly #ledger: Ledger
  readonly #elapsed: Elapsed
  /** null = nothing was reserved. */
  #reservation: string | null = null
  /** What is reserved lasts until then, by the clock that only goes forward. */
  #until: number

  constructor(limits: RunLimits, ledger: Ledger, elapsed: Elapsed) {
    this.#limits = limits
    this.#ledger = ledger
    this.#elapsed = elapsed
    this.#until = elapsed()
  }

  /** The id of the reservation, which a line of the ledger may take its time from; null = nothing was reserved. */
  get reservation(): string | null {
    return this.#reservation
  }

  /**
   * Reserves time, and says in how many milliseconds it should be asked again, or why there is no time left.
   * `FailureError` `storage`: nobody can know.
   */
  async reserve(profile: ProfileId): Promise<HeldTime | Refusal> {
    const limits = this.#limits.inForce(profile).filter(isSharedTime)
    if (limits.length === 0) return { kind: 'endless' }
    const refusal = this.#until - this.#elapsed() <= AHEAD ? await this.#extend(profile, limits) : null
    const left = this.#until - this.#elapsed()
    if (!refusal) return { kind: 'until', ms: Math.max(1, left - AHEAD) }
    // Meanwhile somebody may give some back.
    return left > 0 ? { kind: 'until', ms: left } : refusal
  }

  async #extend(profile: ProfileId, limits: RunLimit[]): Promise<Refusal | null> {
    const allowed = limits.map((limit) => limit.allowed)
    // Whoever waited for a person has used time that nobody reserved.
    const overdue = Math.max(0, this.#elapsed() - this.#until)
    this.#reservation ??= newReservationId()
    const grant = await this.#ledger.reserve({
      call: this.#reservation,
      run: this.#limits.path,
      profile,
      limits: limits.map((limit) => this.#limits.lineLimit(limit)),
      need: { ...noCounts(), wallTime: overdue },
      output: 0,
      reasoning: 0,
      least: 0,
      outputPrice: 0,
      time: STEP,
    })
    if (!grant.ok) return refusalBy(limits, grant, allowed)
    this.#until += overdue + grant.time
    return null
  }
}
