import type { ProfileId } from '#shared/ids.ts'
import type { BudgetStop, Limit, LimitSource } from '#shared/limits/budget.ts'
import { effectiveLimits, isInForce, isSameSetter, isStopOf, setterOf } from '#shared/limits/effective-limits.ts'
import type { RunLink } from '#shared/limits/run-link.ts'
import { dayOf, monthOf } from '#shared/spending/day.ts'
import type { Elapsed } from '../lib/clock.ts'
import type { BegunRun } from './begun-run.ts'
import { type Counts, CountsByProfile, countOf } from './counts.ts'
import type { Grant } from './grant.ts'
import type { Ledger } from './ledger.ts'
import { type LineLimit, RUN } from './ledger-line.ts'
import { warningAt80 } from './limit-messages.ts'

/** From this part of a limit on a person is warned, once. */
const WARNING = 0.8

/** A limit and the run that it counts over; `path` null = no run. */
export interface RunLimit extends Limit {
  path: string | null
  startedAt: number
  /** Used by the run before it moved to this process, in the unit of the limit. The ledger has that under another path. */
  carried: number
}

export interface RunLimitsOptions {
  sources: readonly LimitSource[]
  ledger: Ledger
  /** Of the run itself. */
  id: string
  parent: RunLink | undefined
  begun: BegunRun | undefined
  /** By all profiles (null), or by one of them. */
  spentBefore(profileId: ProfileId | null): Counts
  now(): number
  elapsed: Elapsed
}

/** The limits of one run, and how much of each is used. Those of a session count what its journal holds, all others what the ledger does. */
export class RunLimits {
  readonly path: string
  readonly startedAt: number
  #all: readonly RunLimit[]
  /** What a person gave to this run. */
  readonly #raises: { stop: BudgetStop; to: number }[]
  readonly #options: RunLimitsOptions
  /** What counts over all that is said in a background run. */
  readonly #first: Pick<RunLimit, 'path' | 'startedAt' | 'carried'>
  readonly #own = new CountsByProfile()
  /** How much of each was used when somebody looked last. */
  readonly #seen = new Map<RunLimit, number>()
  readonly #before = new Map<ProfileId | null, Counts>()
  /** When this process took the run up: milliseconds since 1970, and by the clock that only goes forward. */
  readonly #opened: { at: number; elapsed: number }
  /** When the ledger was last told, by the clock that only goes forward. */
  #writtenAt: number

  constructor(options: RunLimitsOptions) {
    const { sources, parent, id, begun, now, elapsed } = options
    this.#options = options
    this.#opened = { at: now(), elapsed: elapsed() }
    this.#writtenAt = this.#opened.elapsed
    const startedAt = begun?.startedAt ?? this.#opened.at
    const path = parent ? `${parent.path}/${id}` : id
    const first = { path: path.split('/', 1)[0] ?? id, startedAt: parent?.startedAt ?? startedAt, carried: 0 }
    this.path = path
    this.startedAt = startedAt
    this.#first = first
    this.#raises = [...(begun?.raises ?? [])]
    this.#all = this.#limitsOf(sources)
    for (const { stop, to } of this.#raises) this.#raise(stop, to)
  }

  get all(): readonly RunLimit[] {
    return this.#all
  }

  /** The rules changed: they hold from now on. What a person gave to this run it keeps. */
  follow(sources: readonly LimitSource[]): void {
    const before = this.#all
    this.#all = this.#limitsOf(sources).map((limit) => {
      const same = before.find((known) => isSame(known, limit))
      // Calls that go on hold on to it.
      return same ? Object.assign(same, { allowed: limit.allowed }) : this.#begun(limit)
    })
    for (const { stop, to } of this.#raises) this.#raise(stop, to)
    for (const limit of this.#all) if (!this.#seen.has(limit)) this.#seen.set(limit, this.used(limit))
  }

  /** Reads what they need to know. `FailureError` `storage`: they cannot be checked. */
  async open(): Promise<void> {
    if (this.all.some(isShared)) {
      await this.#options.ledger.current(Math.min(...this.all.map(({ startedAt }) => startedAt)))
    }
    for (const limit of this.all) this.#seen.set(limit, this.used(limit))
  }

  /** The limits that count for the profile that answers. */
  inForce(profileId: ProfileId): RunLimit[] {
    return this.all.filter((limit) => isInForce(limit, profileId))
  }

  /** Counts what the ledger is about to be told, with the time up to `elapsed`. */
  spend(profileId: ProfileId, counts: Counts, elapsed: number): void {
    this.#own.add(profileId, counts)
    this.#writtenAt = elapsed
  }

  /** Counts a tool call, which the ledger is told of later. */
  spendTool(profileId: ProfileId): void {
    this.#own.add(profileId, { toolCalls: 1 })
  }

  /** Milliseconds that no line of the ledger holds yet. */
  unwritten(elapsed = this.#options.elapsed()): number {
    return Math.max(0, elapsed - this.#writtenAt)
  }

  /** `reserved`: what others and tool calls have reserved counts as well. */
  used(limit: RunLimit, reserved = limit.name === 'toolCalls'): number {
    const { name, scope, path, startedAt, carried, profileId } = limit
    const { ledger } = this.#options
    if (name === 'wallTime') {
      if (path !== null) return this.#since(startedAt)
      if (scope === 'session') return this.#sessionBefore(profileId).wallTime + this.#since(this.startedAt)
      const { of, profile } = this.lineLimit(limit)
      const used = ledger.fold().used(name, of, profile) + this.unwritten()
      return reserved ? Math.max(used, ledger.fold().taken({ name, of, profile })) : used
    }
    if (scope === 'session') {
      return countOf(this.#sessionBefore(profileId), name) + countOf(this.#own.of(profileId), name)
    }
    const line = this.lineLimit(limit)
    return carried + (reserved ? ledger.fold().taken(line) : ledger.fold().used(name, line.of, line.profile))
  }

  /** A limit as the ledger tells it to everybody who folds it. */
  lineLimit({ name, allowed, scope, path, profileId, carried }: RunLimit): LineLimit {
    const day = dayOf(this.#options.now())
    const of = path === null ? (scope === 'month' ? monthOf(day) : day) : RUN + path
    return { name, allowed: Math.max(0, allowed - carried), of, profile: profileId }
  }

  /** A person gave more to this run. */
  raise(stop: BudgetStop, to: number): void {
    this.#raises.push({ stop, to })
    for (const limit of this.#raise(stop, to)) this.#seen.set(limit, this.used(limit))
  }

  /** Whether what refused would not refuse now: it was raised or taken away, or its day is over. */
  hasRoom(stop: BudgetStop): boolean {
    const limits = this.all.filter((limit) => isStopOf(stop, limit))
    if (limits.length === 0 || limits.some(({ allowed }) => allowed > stop.allowed)) return true
    // What a run used never gets less.
    if (stop.scope !== 'day' && stop.scope !== 'month') return false
    return limits.every((limit) => this.used(limit, true) + Math.max(1, stop.needs ?? 1) <= limit.allowed)
  }

  /**
   * What is to be warned of since the last look: limits whose greater part was used just now. One that is reached is told
   * in another way.
   */
  warnings(profileId: ProfileId): string[] {
    return this.inForce(profileId).flatMap((limit) => {
      const before = this.#seen.get(limit) ?? 0
      const used = this.used(limit)
      this.#seen.set(limit, used)
      const from = limit.allowed * WARNING
      return before < from && used >= from && used < limit.allowed ? [warningAt80(limit, used)] : []
    })
  }

  /** What was before this process took the run up, only dates tell. */
  #since(startedAt: number): number {
    return Math.max(0, this.#opened.at - startedAt) + this.#options.elapsed() - this.#opened.elapsed
  }

  /** The ledger counts for a run from its first limit on; what it spent before counts for a new one as well. */
  #begun(limit: RunLimit): RunLimit {
    if (limit.path === null || limit.name === 'wallTime') return limit
    const { name, of, profile } = this.lineLimit(limit)
    const known = this.#options.ledger.fold().used(name, of, profile)
    const spent = countOf(this.#own.of(limit.profileId), name)
    return { ...limit, carried: limit.carried + Math.max(0, spent - known) }
  }

  /** Those of the sources, with those of the run that it is a child of. */
  #limitsOf(sources: readonly LimitSource[]): RunLimit[] {
    const { parent, begun } = this.#options
    const own = effectiveLimits(sources).flatMap((limit): RunLimit[] => {
      const { scope, name, profileId } = limit
      if (scope === 'run') {
        const carried = begun ? countOf(begun.counts.of(profileId), name) : 0
        return [{ ...limit, path: this.path, startedAt: this.startedAt, carried }]
      }
      if (scope === 'background-run') return parent?.background ? [{ ...limit, ...this.#first }] : []
      return [{ ...limit, path: null, startedAt: this.startedAt, carried: 0 }]
    })
    return [...own, ...(parent?.limits ?? []).map(limitOfParent)]
  }

  #raise(stop: BudgetStop, to: number): RunLimit[] {
    const raised = this.all.filter((limit) => isStopOf(stop, limit))
    for (const limit of raised) limit.allowed = Math.max(limit.allowed, to)
    return raised
  }

  #sessionBefore(profileId: ProfileId | null): Counts {
    const before = this.#before.get(profileId) ?? this.#options.spentBefore(profileId)
    this.#before.set(profileId, before)
    return before
  }
}

/** Why there is no room. */
export interface Refusal {
  kind: 'refused'
  limit: RunLimit
  /** When it refused: a person may raise it meanwhile. */
  allowed: number
}

/** `allowed`: what each limit allowed when it was asked. */
export function refusalBy(
  limits: readonly RunLimit[],
  grant: Extract<Grant, { ok: false }>,
  allowed: readonly number[],
): Refusal {
  const limit = limits[grant.limit]
  const then = allowed[grant.limit]
  if (!limit || then === undefined) throw new Error('A limit that nobody set has refused.')
  return { kind: 'refused', limit, allowed: then }
}

/** Others spend from it as well, so that the ledger knows what is used. */
export function isShared({ scope }: Limit): boolean {
  return scope !== 'session'
}

/** The time of all runs of a day or a month together; that of one run or session is told by the clock alone. */
export function isSharedTime({ name, path, scope }: RunLimit): boolean {
  return name === 'wallTime' && path === null && scope !== 'session'
}

function isSame(one: RunLimit, other: RunLimit): boolean {
  const { name, scope, setBy, path, profileId } = one
  const isOne = name === other.name && scope === other.scope && isSameSetter(setBy, other.setBy)
  return isOne && path === other.path && profileId === other.profileId
}

/** Links of older versions say in words alone who set a limit. */
function limitOfParent({ origin, ...limit }: RunLink['limits'][number]): RunLimit {
  return { ...limit, setBy: limit.setBy ?? setterOf({ origin }) ?? { kind: 'run', option: origin } }
}
