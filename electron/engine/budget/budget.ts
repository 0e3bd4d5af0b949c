import { FailureError } from '#shared/failure.ts'
import type { ProfileId } from '#shared/ids.ts'
import type { BudgetStop, LimitSource } from '#shared/limits/budget.ts'
import { originWords } from '#shared/limits/limit-words.ts'
import type { RunLink } from '#shared/limits/run-link.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { Elapsed } from '../lib/clock.ts'
import { newReservationId } from '../lib/new-id.ts'
import { savedByCache, tokenPrice } from '../profiles/price.ts'
import type { BegunRun, CostlyCall } from './begun-run.ts'
import { allowed, type Budgeted, type Stopped, stopped } from './budgeted.ts'
import { CallBudget, type CallTerms, endless, type Room } from './call-budget.ts'
import { type Counts, countOf, noCounts } from './counts.ts'
import { countsOfSpend } from './counts-of-spend.ts'
import { grantOf, type Want } from './grant.ts'
import type { Ledger } from './ledger.ts'
import { type PlannedCall, STEP, wantOf } from './planned-call.ts'
import type { Extension, Progress, Purse } from './purse.ts'
import { isShared, isSharedTime, type Refusal, type RunLimit, RunLimits, refusalBy } from './run-limits.ts'
import { type HeldTime, TimeHold } from './time-hold.ts'

/** What a last answer may come to when a limit is reached, and how long it may take. Tokens, milliseconds. */
const LAST_ANSWER = { tokens: 1500, ms: 120_000 }
/** How many of the costliest calls are named. */
const TOP = 5

export interface BudgetOptions {
  sources: readonly LimitSource[]
  ledger: Ledger
  /** Its own id, and where it works. */
  run: { id: string; session: string; cwd: string }
  /** What answers at first. */
  profileId: ProfileId
  /** Of the run that it is a child of. */
  parent?: RunLink
  /** It began in another process. */
  begun?: BegunRun
  /** What the session used before this run; asked only if a limit of the session wants to know. */
  spentBefore(profileId: ProfileId | null): Counts
  now(): number
  elapsed: Elapsed
  /** Something that a person must know although the run goes on. */
  warn(code: string, message: string): void
}

/**
 * The purse of one run: asks before anything is spent, counts it while and after it is, and writes it into the ledger,
 * where its children and other runs find it. Limits of a session count what its journal holds, all others what the
 * ledger does.
 */
export class Budget {
  readonly #options: BudgetOptions
  readonly #limits: RunLimits
  readonly #time: TimeHold
  readonly #calls: CostlyCall[]
  /** What a call sees of this run. */
  readonly #purse: Purse = {
    extend: (planned, reservation, beyond) => this.#extend(planned, reservation, beyond),
    settle: (planned, reservation, usage) => this.#settle(planned, reservation, usage),
    release: (reservation) => this.#release(reservation),
    passed: () => this.#passed(),
    stopAt: (limit) => this.#stopAt(limit),
  }
  /** Tool calls that no line of the ledger holds yet. */
  #tools: Record<string, number> = {}
  /** What reserves them; null = nothing does. */
  #toolHold: string | null = null
  /** What answered last; null = nothing yet. */
  #profile: Profile | null = null
  /** The limit at which a person wanted one last answer, and until when, by the clock that only goes forward, it may come. */
  #lastAnswer: { stop: BudgetStop; until: number } | null = null

  constructor(options: BudgetOptions) {
    const { sources, ledger, run, parent, begun, spentBefore, now, elapsed } = options
    this.#options = options
    this.#limits = new RunLimits({ sources, ledger, id: run.id, parent, begun, spentBefore, now, elapsed })
    this.#time = new TimeHold(this.#limits, ledger, elapsed)
    this.#calls = [...(begun?.calls ?? [])]
  }

  /** A limit in USD is worth nothing where nobody knows a price. */
  get needsPrice(): boolean {
    return this.usdOrigin !== null
  }

  /** Where a limit in USD was set; null = there is none. */
  get usdOrigin(): string | null {
    const limit = this.#limits.all.find(({ name }) => name === 'costUsd')
    return limit ? originWords(limit) : null
  }

  /** Reads what the limits need to know. `FailureError` `storage`: they cannot be checked. */
  async open(): Promise<void> {
    await this.#limits.open()
  }

  /** The link by which a child session spends from the purse of this run. */
  link(): RunLink {
    const { parent } = this.#options
    return {
      path: this.#limits.path,
      startedAt: parent?.startedAt ?? this.#limits.startedAt,
      background: parent?.background ?? false,
      limits: this.#limits.all.flatMap(({ path, ...limit }) =>
        path === null ? [] : [{ ...limit, origin: originWords(limit), path }],
      ),
    }
  }

  /**
   * Reserves what the call needs, or says which limit has no room for it: then it must not be sent. `FailureError`
   * `storage`: a limit cannot be checked.
   */
  async startCall(planned: PlannedCall): Promise<Budgeted<CallBudget>> {
    this.#profile = planned.profile
    if (this.#lastAnswer) {
      const own = { ...endless, output: LAST_ANSWER.tokens }
      return this.#begun(planned, { own, shared: endless, granted: { ...endless }, reservation: null })
    }
    const limits = this.#inForce().filter(({ name }) => name !== 'turns' || planned.label === 'answer')
    const want = wantOf(planned)
    const own = this.#roomOf(limits.filter(isOwn), { ...want, output: MOST, reasoning: MOST })
    if (own.kind === 'refused') return stopped(this.#refused(own, want.need))
    const shared = limits.filter(isReserved)
    if (shared.length === 0)
      return this.#begun(planned, { own: own.room, shared: endless, granted: { ...endless }, reservation: null })
    const reservation = newReservationId()
    const grant = await this.#reserve(reservation, planned.profile, shared, want)
    if (grant.kind === 'refused') return stopped(this.#refused(grant, want.need))
    return this.#begun(planned, { own: own.room, shared: grant.shared, granted: grant.granted, reservation })
  }

  /** Counts a tool call before it runs, or says why it must not. `FailureError` `storage`. */
  async startTool(name: string): Promise<BudgetStop | null> {
    const limits = this.#inForce().filter((limit) => limit.name === 'toolCalls' || limit.name === 'wallTime')
    const want: Want = { need: { ...noCounts(), toolCalls: 1 }, output: 0, reasoning: 0, least: 0, outputPrice: 0 }
    const own = this.#roomOf(limits.filter(isOwn), want)
    if (own.kind === 'refused') return this.#refused(own, want.need)
    const shared = limits.filter(isReserved)
    if (shared.length > 0 && this.#profile) {
      this.#toolHold ??= newReservationId()
      const grant = await this.#reserve(this.#toolHold, this.#profile, shared, want)
      if (grant.kind === 'refused') return this.#refused(grant, want.need)
    }
    this.#limits.spendTool(this.#profileId)
    this.#tools[name] = (this.#tools[name] ?? 0) + 1
    this.#warn()
    return null
  }

  /** A limit that was passed although there was room before: what came was larger than what was left. */
  #passed(): BudgetStop | null {
    if (this.#lastAnswer) return null
    const passed = this.#inForce().find(
      (limit) => limit.name !== 'wallTime' && this.#limits.used(limit) > limit.allowed,
    )
    return passed ? this.#stopAt(passed) : null
  }

  /** Whether what refused would not refuse now: it was raised or taken away, or its day is over. */
  hasRoom(stop: BudgetStop): boolean {
    return this.#limits.hasRoom(stop)
  }

  /** The rules changed: they hold from now on, in a run that goes on too. What a person gave to this run it keeps. */
  follow(sources: readonly LimitSource[]): void {
    this.#limits.follow(sources)
  }

  /** What to tell of a limit that is reached. */
  #stopAt(limit: RunLimit): BudgetStop {
    return this.#stop(limit, limit.allowed, this.#limits.used(limit), 0)
  }

  /**
   * Reserves time for what goes on now, and says when it must be asked again, or which limit leaves none. What is reserved
   * is given back by `close`. `FailureError` `storage`: a limit cannot be checked.
   */
  async reserveTime(): Promise<HeldTime | Stopped> {
    if (this.#lastAnswer) {
      const left = this.#lastAnswer.until - this.#options.elapsed()
      return left > 0 ? { kind: 'until', ms: left } : stopped(this.#lastAnswer.stop)
    }
    const left = (limit: RunLimit) => limit.allowed - this.#limits.used(limit)
    const [tightest] = this.#inForce()
      .filter((limit) => limit.name === 'wallTime' && !isSharedTime(limit))
      .sort((a, b) => left(a) - left(b))
    if (tightest && left(tightest) <= 0) return stopped(this.#stopAt(tightest))
    const shared = await this.#time.reserve(this.#profileId)
    if (shared.kind === 'refused') return stopped(this.#refused(shared, noCounts()))
    if (!tightest) return shared
    const own = left(tightest)
    return { kind: 'until', ms: shared.kind === 'until' ? Math.min(shared.ms, own) : own }
  }

  /** A person gave more to this run. */
  raise(stop: BudgetStop, to: number): void {
    this.#limits.raise(stop, to)
  }

  /** One last answer goes beyond the limit that was reached, by a little. */
  allowLastAnswer(stop: BudgetStop): void {
    this.#lastAnswer = { stop, until: this.#options.elapsed() + LAST_ANSWER.ms }
  }

  #begun(planned: PlannedCall, terms: CallTerms): Budgeted<CallBudget> {
    return allowed(new CallBudget(this.#purse, planned, terms))
  }

  async #settle(planned: PlannedCall, reservation: string | null, usage: Usage): Promise<void> {
    const { profile, label } = planned
    const tokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
    const kind = label === 'answer' ? `model call ${this.#calls.length + 1}` : 'summary'
    this.#calls.push({ label: `${kind}, ${profile.model}`, tokens, costMicroUsd: usage.costMicroUsd })
    await this.#write(label, profile, usage, reservation)
    this.#warn()
  }

  async #release(reservation: string | null): Promise<void> {
    if (reservation === null) return
    await this.#guarded(() => this.#options.ledger.release([reservation]))
  }

  async #extend(planned: PlannedCall, reservation: string, beyond: Progress): Promise<Extension> {
    const price = tokenPrice(planned.profile)
    const need = {
      ...noCounts(),
      outputTokens: beyond.output,
      reasoningTokens: beyond.reasoning,
      costUsd: Math.ceil(beyond.output * price),
    }
    const want = {
      need,
      output: beyond.output > 0 ? STEP : 0,
      reasoning: beyond.reasoning > 0 ? STEP : 0,
      least: 0,
      outputPrice: price,
    }
    const grant = await this.#reserve(reservation, planned.profile, this.#inForce().filter(isReserved), want)
    return grant.kind === 'refused' ? grant : { kind: 'extended', more: grant.granted }
  }

  /** Tools that ran after the last call are written as well, and time that was reserved is given back. */
  async close(): Promise<void> {
    const hasTools = Object.keys(this.#tools).length > 0
    const { reservation } = this.#time
    if (this.#profile && (hasTools || reservation !== null)) {
      await this.#write('tools', this.#profile, noUsage, reservation)
    } else await this.#release(reservation)
  }

  async #write(label: string, profile: Profile, usage: Usage, reservation: string | null): Promise<void> {
    const { ledger, run, now } = this.#options
    const at = now()
    const elapsed = this.#options.elapsed()
    const settles = [reservation, this.#toolHold].filter((id) => id !== null)
    const timeFrom = this.#time.reservation
    const spend = {
      run: this.#limits.path,
      session: run.session,
      profile: profile.id,
      profileName: profile.name,
      kind: profile.kind,
      model: profile.model,
      cwd: run.cwd,
      label,
      input: usage.inputTokens,
      cached: usage.cachedInputTokens,
      output: usage.outputTokens,
      reasoning: usage.reasoningTokens,
      counted: usage.source,
      cost: usage.costMicroUsd,
      costSource: usage.costSource ?? 'unknown',
      saved: savedByCache(usage, profile),
      tools: this.#tools,
      ms: Math.round(this.#limits.unwritten(elapsed)),
      ...(settles.length > 0 && { settles }),
      ...(timeFrom !== null && { timeFrom }),
    }
    // Tool calls were counted when they ran.
    const counts = { ...countsOfSpend({ type: 'spend', at, day: '', ...spend }), toolCalls: 0, wallTime: 0 }
    this.#limits.spend(profile.id, counts, elapsed)
    this.#tools = {}
    this.#toolHold = null
    await this.#guarded(async () => {
      await ledger.spend(spend)
      if (this.#limits.all.some(isShared)) await ledger.current()
    })
  }

  /** What was spent is told by the journal too: a ledger that cannot be written ends nothing. Who asks next is refused. */
  async #guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (!(error instanceof FailureError)) throw error
      this.#options.warn('ledger-not-written', error.failure.message)
    }
  }

  /** `needs`: what the next step would have added at the least. */
  #stop({ name, scope, setBy }: RunLimit, allowed: number, used: number, needs: number): BudgetStop {
    const top = this.#calls
      .toSorted((a, b) => (b.costMicroUsd ?? 0) - (a.costMicroUsd ?? 0) || b.tokens - a.tokens)
      .slice(0, TOP)
    return {
      limit: name,
      allowed,
      used,
      scope,
      origin: originWords({ setBy, scope }),
      setBy,
      ...(used < allowed && needs > 0 && { needs }),
      ...(top.length > 0 && { top }),
    }
  }

  /** What is reserved counts here: it is why there is no room. */
  #refused({ limit, allowed }: Refusal, need: Counts): BudgetStop {
    return this.#stop(limit, allowed, this.#limits.used(limit, true), countOf(need, limit.name))
  }

  async #reserve(
    call: string,
    profile: Profile,
    limits: readonly RunLimit[],
    want: Want,
  ): Promise<{ kind: 'reserved'; shared: Room; granted: Progress } | Refusal> {
    const allowed = limits.map((limit) => limit.allowed)
    const lineLimits = limits.map((limit) => this.#limits.lineLimit(limit))
    const line = { call, run: this.#limits.path, profile: profile.id, limits: lineLimits, ...want }
    const grant = await this.#options.ledger.reserve(line)
    if (!grant.ok) return refusalBy(limits, grant, allowed)
    const speaks = (names: readonly string[]) => limits.some(({ name }) => names.includes(name))
    return {
      kind: 'reserved',
      shared: { ...endless, output: grant.room, outputLimit: limits[grant.tightest ?? -1] ?? null },
      granted: {
        output: grant.tightest === null ? endless.output : grant.output,
        reasoning: speaks(['reasoningTokens']) ? grant.reasoning : endless.reasoning,
      },
    }
  }

  /** By limits that nobody else spends from. */
  #roomOf(limits: readonly RunLimit[], want: Want): { kind: 'room'; room: Room } | Refusal {
    // Time that is just over is over.
    const needing = { ...want, need: { ...want.need, wallTime: 1 } }
    const standings = limits.map((limit) => ({ ...limit, used: this.#limits.used(limit) }))
    const grant = grantOf(needing, standings)
    const allowed = limits.map((limit) => limit.allowed)
    if (!grant.ok) return refusalBy(limits, grant, allowed)
    const reasoning = limits.find(({ name }) => name === 'reasoningTokens') ?? null
    const room = {
      output: grant.room,
      outputLimit: limits[grant.tightest ?? -1] ?? null,
      reasoning: reasoning ? grant.reasoning : endless.reasoning,
      reasoningLimit: reasoning,
    }
    return { kind: 'room', room }
  }

  get #profileId(): ProfileId {
    return this.#profile?.id ?? this.#options.profileId
  }

  /** Those that count for the profile that answers. */
  #inForce(): RunLimit[] {
    return this.#limits.inForce(this.#profileId)
  }

  #warn(): void {
    for (const message of this.#limits.warnings(this.#profileId)) this.#options.warn('budget-80', message)
  }
}

/** Shared, and something that is reserved for a call: time is reserved for itself. */
function isReserved(limit: RunLimit): boolean {
  return isShared(limit) && limit.name !== 'wallTime'
}

function isOwn(limit: RunLimit): boolean {
  return !isReserved(limit)
}

const MOST = Number.MAX_SAFE_INTEGER

/** Of a line that is about tools and time alone. */
const noUsage: Usage = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: 0,
  source: 'reported',
  costSource: 'free',
}
