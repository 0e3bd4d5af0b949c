import type { BudgetStop } from '#shared/budget.ts'
import { dayOf, monthOf } from '#shared/day.ts'
import { FailureError } from '#shared/failure.ts'
import type { Profile } from '#shared/profile.ts'
import type { Usage } from '#shared/usage.ts'
import { newReservationId } from '../lib/new-id.ts'
import { CallBudget, endless, type Progress, type Room } from './call-budget.ts'
import { addCounts, type Counts, countOf, countsOfSpend, noCounts } from './counts.ts'
import { type Grant, grantOf, type Want } from './grant.ts'
import type { Ledger } from './ledger.ts'
import { type LineLimit, RUN } from './ledger-line.ts'
import { warningAt80 } from './limit-messages.ts'
import { type Limit, type LimitSource, limitsOf } from './limit-source.ts'
import { promptCost, savedByCache, tokenPrice } from './price.ts'
import type { RunLink } from './run-link.ts'

/** From this part of a limit on a person is warned, once. */
const WARNING = 0.8
/** So many tokens of output are reserved at once. Others cannot use them meanwhile; each step costs a line. */
const STEP = 256
/** For an answer that comes whole and may be of any length. */
const WHOLE = 16_384
/** What a last answer may come to when a limit is reached, and how long it may take. Tokens, milliseconds. */
const LAST_ANSWER = { tokens: 1500, ms: 120_000 }
/** How many of the costliest calls are named. */
const TOP = 5

export interface BudgetOptions {
  sources: readonly LimitSource[]
  ledger: Ledger
  /** Its own id, and where it works. */
  run: { id: string; session: string; cwd: string }
  /** Of the run that it is a child of. */
  parent?: RunLink
  /** What the session used before this run; asked only if a limit of the session wants to know. */
  spentBefore(): Counts
  now(): number
  /** Something that a person must know although the run goes on. */
  warn(code: string, message: string): void
}

/** What a call is for, and how much of it is known before it is sent. */
export interface PlannedCall {
  label: 'answer' | 'summary'
  profile: Profile
  /** Tokens of the prompt, as far as anybody knows. */
  inputTokens: number
  /** The answer comes in pieces, so that more can be reserved while it comes. */
  stream: boolean
}

/** A limit and the run that it counts over; `path` null = no run. */
export interface RunLimit extends Limit {
  path: string | null
  startedAt: number
}

/**
 * The purse of one run: asks before anything is spent, counts it while and after it is, and writes it into the ledger,
 * where its children and other runs find it. Limits of a session count what its journal holds, all others what the
 * ledger does.
 */
export class Budget {
  readonly #options: BudgetOptions
  readonly #path: string
  readonly #startedAt: number
  readonly #limits: RunLimit[]
  readonly #own = noCounts()
  readonly #calls: NonNullable<BudgetStop['top']> = []
  /** How much of each limit was used when somebody looked last. */
  readonly #seen = new Map<RunLimit, number>()
  #before: Counts | undefined
  /** Tool calls that no line of the ledger holds yet. */
  #tools: Record<string, number> = {}
  /** What reserves them; null = nothing does. */
  #toolHold: string | null = null
  #writtenAt: number
  #profile: Profile | null = null
  #lastAnswerUntil: number | null = null

  constructor(options: BudgetOptions) {
    const { parent, run, sources, now } = options
    this.#options = options
    this.#startedAt = now()
    this.#writtenAt = this.#startedAt
    this.#path = parent ? `${parent.path}/${run.id}` : run.id
    const startedAt = this.#startedAt
    const first = { path: this.#path.split('/', 1)[0] ?? run.id, startedAt: parent?.startedAt ?? startedAt }
    const own = limitsOf(sources).flatMap((limit): RunLimit[] => {
      if (limit.scope === 'run') return [{ ...limit, path: this.#path, startedAt }]
      if (limit.scope === 'background-run') return parent?.background ? [{ ...limit, ...first }] : []
      return [{ ...limit, path: null, startedAt }]
    })
    this.#limits = [...own, ...(parent?.limits ?? [])]
  }

  /** A limit in USD is worth nothing where nobody knows a price. */
  get needsPrice(): boolean {
    return this.usdOrigin !== null
  }

  /** Where a limit in USD was set; null = there is none. */
  get usdOrigin(): string | null {
    return this.#limits.find(({ name }) => name === 'costUsd')?.origin ?? null
  }

  /** Reads what the limits need to know. `FailureError` `storage`: they cannot be checked. */
  async open(): Promise<void> {
    if (this.#limits.some(isShared))
      await this.#options.ledger.current(Math.min(...this.#limits.map(({ startedAt }) => startedAt)))
    for (const limit of this.#limits) this.#seen.set(limit, this.#used(limit))
  }

  /** For a child of this run. */
  link(): RunLink {
    const { parent } = this.#options
    return {
      path: this.#path,
      startedAt: parent?.startedAt ?? this.#startedAt,
      background: parent?.background ?? false,
      limits: this.#limits.flatMap(({ path, ...limit }) => (path === null ? [] : [{ ...limit, path }])),
    }
  }

  /**
   * Takes what the call needs, or says which limit has no room for it: then it must not be sent. `FailureError`
   * `storage`: a limit cannot be checked.
   */
  async startCall(planned: PlannedCall): Promise<CallBudget | BudgetStop> {
    this.#profile = planned.profile
    if (this.#lastAnswerUntil !== null) {
      const own = { ...endless, output: LAST_ANSWER.tokens }
      return new CallBudget(this, planned, { own, shared: endless, granted: { ...endless }, reservation: null })
    }
    const limits = this.#inForce().filter(({ name }) => name !== 'turns' || planned.label === 'answer')
    const want = wantOf(planned)
    const own = this.#roomOf(limits.filter(isOwn), { ...want, output: MOST, reasoning: MOST })
    if (isRefusal(own)) return this.#refused(own, want)
    const shared = limits.filter(isReserved)
    if (shared.length === 0)
      return new CallBudget(this, planned, { own, shared: endless, granted: { ...endless }, reservation: null })
    const reservation = newReservationId()
    const grant = await this.#reserve(reservation, planned.profile, shared, want)
    if (isRefusal(grant)) return this.#refused(grant, want)
    return new CallBudget(this, planned, { own, ...grant, reservation })
  }

  /** Counts a tool call before it runs, or says why it must not. `FailureError` `storage`. */
  async startTool(name: string): Promise<BudgetStop | null> {
    const limits = this.#inForce().filter((limit) => limit.name === 'toolCalls' || limit.name === 'wallTime')
    const want: Want = { need: { ...noCounts(), toolCalls: 1 }, output: 0, reasoning: 0, least: 0, outputPrice: 0 }
    const own = this.#roomOf(limits.filter(isOwn), want)
    if (isRefusal(own)) return this.#refused(own, want)
    const shared = limits.filter(isReserved)
    if (shared.length > 0 && this.#profile) {
      this.#toolHold ??= newReservationId()
      const grant = await this.#reserve(this.#toolHold, this.#profile, shared, want)
      if (isRefusal(grant)) return this.#refused(grant, want)
    }
    this.#own.toolCalls++
    this.#tools[name] = (this.#tools[name] ?? 0) + 1
    this.#look()
    return null
  }

  /** A limit that was passed although there was room before: what came was larger than what was left. */
  passed(): BudgetStop | null {
    if (this.#lastAnswerUntil !== null) return null
    const passed = this.#inForce().find((limit) => limit.name !== 'wallTime' && this.#used(limit) > limit.allowed)
    return passed ? this.stopAt(passed) : null
  }

  /** Whether a person gave more since it refused. */
  isRaised({ limit, scope, origin, allowed }: BudgetStop): boolean {
    return this.#limits.some(
      (candidate) =>
        candidate.name === limit &&
        candidate.scope === scope &&
        candidate.origin === origin &&
        candidate.allowed > allowed,
    )
  }

  /** What to tell of a limit that is reached. */
  stopAt(limit: RunLimit): BudgetStop {
    return this.#stop(limit, limit.allowed, this.#used(limit), 0)
  }

  /** Milliseconds until the time is over; undefined = no limit. */
  timeLeft(): number | undefined {
    if (this.#lastAnswerUntil !== null) return Math.max(0, this.#lastAnswerUntil - this.#options.now())
    const tightest = this.#tightestTime()
    return tightest && Math.max(0, tightest.allowed - this.#used(tightest))
  }

  /** The stop to report when the time is over. */
  timeStop(): BudgetStop {
    const tightest = this.#tightestTime()
    if (!tightest) throw new Error('There is no limit of time.')
    return this.stopAt(tightest)
  }

  /** A person gave more to this run. */
  raise({ limit, scope, origin }: BudgetStop, to: number): void {
    for (const candidate of this.#limits) {
      if (candidate.name !== limit || candidate.scope !== scope || candidate.origin !== origin) continue
      candidate.allowed = Math.max(candidate.allowed, to)
      this.#seen.set(candidate, this.#used(candidate))
    }
  }

  /** One last answer goes beyond the limits, by a little. */
  allowLastAnswer(): void {
    this.#lastAnswerUntil = this.#options.now() + LAST_ANSWER.ms
  }

  /** Called by the call itself. */
  async settle(planned: PlannedCall, reservation: string | null, usage: Usage, reasoning: number): Promise<void> {
    const { profile, label } = planned
    const known = { ...usage, reasoningTokens: usage.reasoningTokens ?? (reasoning > 0 ? reasoning : null) }
    const tokens = (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
    const kind = label === 'answer' ? `model call ${this.#calls.length + 1}` : 'summary'
    this.#calls.push({ label: `${kind}, ${profile.model}`, tokens, costMicroUsd: usage.costMicroUsd })
    await this.#write(label, profile, known, reservation)
    this.#look()
  }

  /** Called by a call that spent nothing. */
  async release(reservation: string | null): Promise<void> {
    if (reservation === null) return
    await this.#guarded(() => this.#options.ledger.release([reservation]))
  }

  /** Called by the call itself: more is coming than is reserved. `over` is here already. */
  async extend(planned: PlannedCall, reservation: string, over: Progress): Promise<Progress | Refusal> {
    const price = tokenPrice(planned.profile)
    const need = {
      ...noCounts(),
      outputTokens: over.output,
      reasoningTokens: over.reasoning,
      costUsd: Math.ceil(over.output * price),
    }
    const want = {
      need,
      output: over.output > 0 ? STEP : 0,
      reasoning: over.reasoning > 0 ? STEP : 0,
      least: 0,
      outputPrice: price,
    }
    const grant = await this.#reserve(reservation, planned.profile, this.#inForce().filter(isReserved), want)
    return isRefusal(grant) ? grant : grant.granted
  }

  /** Tools that ran after the last call are written as well. */
  async close(): Promise<void> {
    if (this.#profile && Object.keys(this.#tools).length > 0) await this.#write('tools', this.#profile, nothing, null)
  }

  async #write(label: string, profile: Profile, usage: Usage, reservation: string | null): Promise<void> {
    const { ledger, run, now } = this.#options
    const at = now()
    const settles = [reservation, this.#toolHold].filter((id) => id !== null)
    const spend = {
      run: this.#path,
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
      ms: Math.max(0, Math.round(at - this.#writtenAt)),
      ...(settles.length > 0 && { settles }),
    }
    // Tool calls were counted when they ran.
    addCounts(this.#own, { ...countsOfSpend({ type: 'spend', at, day: '', ...spend }), toolCalls: 0, wallTime: 0 })
    this.#tools = {}
    this.#toolHold = null
    this.#writtenAt = at
    await this.#guarded(async () => {
      await ledger.spend(spend)
      if (this.#limits.some(isShared)) await ledger.current()
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
  #stop({ name, scope, origin }: RunLimit, allowed: number, used: number, needs: number): BudgetStop {
    const top = this.#calls
      .toSorted((a, b) => (b.costMicroUsd ?? 0) - (a.costMicroUsd ?? 0) || b.tokens - a.tokens)
      .slice(0, TOP)
    return {
      limit: name,
      allowed,
      used,
      scope,
      origin,
      ...(used < allowed && needs > 0 && { needs }),
      ...(top.length > 0 && { top }),
    }
  }

  /** What is reserved counts here: it is why there is no room. */
  #refused({ limit, allowed }: Refusal, { need }: Want): BudgetStop {
    return this.#stop(limit, allowed, this.#used(limit, true), countOf(need, limit.name))
  }

  async #reserve(
    call: string,
    profile: Profile,
    limits: readonly RunLimit[],
    want: Want,
  ): Promise<{ shared: Room; granted: Progress } | Refusal> {
    const lineLimits = limits.map((limit) => this.#lineLimit(limit))
    const line = { call, run: this.#path, profile: profile.id, limits: lineLimits, ...want }
    const grant = await this.#options.ledger.reserve(line)
    if (!grant.ok) return refusalBy(limits, grant, lineLimits)
    const speaks = (names: readonly string[]) => limits.some(({ name }) => names.includes(name))
    return {
      shared: { ...endless, output: grant.room, outputLimit: limits[grant.tightest ?? -1] ?? null },
      granted: {
        output: grant.tightest === null ? endless.output : grant.output,
        reasoning: speaks(['reasoningTokens']) ? grant.reasoning : endless.reasoning,
      },
    }
  }

  /** By limits that nobody else spends from. */
  #roomOf(limits: readonly RunLimit[], want: Want): Room | Refusal {
    // Time that is just over is over.
    const needing = { ...want, need: { ...want.need, wallTime: 1 } }
    const standings = limits.map((limit) => ({ ...limit, used: this.#used(limit) }))
    const grant = grantOf(needing, standings)
    if (!grant.ok) return refusalBy(limits, grant, standings)
    const reasoning = limits.find(({ name }) => name === 'reasoningTokens') ?? null
    return {
      output: grant.room,
      outputLimit: limits[grant.tightest ?? -1] ?? null,
      reasoning: reasoning ? grant.reasoning : endless.reasoning,
      reasoningLimit: reasoning,
    }
  }

  /** Those that count for the profile that answers. */
  #inForce(): RunLimit[] {
    return this.#limits.filter(({ profileId }) => profileId === null || profileId === this.#profile?.id)
  }

  #tightestTime(): RunLimit | undefined {
    const left = (limit: RunLimit) => limit.allowed - this.#used(limit)
    return this.#inForce()
      .filter(({ name }) => name === 'wallTime')
      .sort((a, b) => left(a) - left(b))[0]
  }

  /** `reserved`: what others and tool calls have reserved counts as well. */
  #used(limit: RunLimit, reserved = limit.name === 'toolCalls'): number {
    const { name, scope, path, startedAt } = limit
    const { ledger, now } = this.#options
    if (name === 'wallTime') {
      const at = now()
      if (path !== null) return Math.max(0, at - startedAt)
      if (scope === 'session') return this.#sessionBefore().wallTime + at - this.#startedAt
      const { of, profile } = this.#lineLimit(limit)
      return ledger.fold().used(name, of, profile) + at - this.#writtenAt
    }
    if (scope === 'session') return countOf(this.#sessionBefore(), name) + countOf(this.#own, name)
    const line = this.#lineLimit(limit)
    return reserved ? ledger.fold().taken(line) : ledger.fold().used(name, line.of, line.profile)
  }

  #sessionBefore(): Counts {
    this.#before ??= this.#options.spentBefore()
    return this.#before
  }

  #lineLimit({ name, allowed, scope, path, profileId }: RunLimit): LineLimit {
    const day = dayOf(this.#options.now())
    const of = path === null ? (scope === 'month' ? monthOf(day) : day) : RUN + path
    return { name, allowed, of, profile: profileId }
  }

  /** Warns of limits whose greater part was used just now; one that is reached is told in another way. */
  #look(): void {
    for (const limit of this.#inForce()) {
      const before = this.#seen.get(limit) ?? 0
      const used = this.#used(limit)
      this.#seen.set(limit, used)
      const from = limit.allowed * WARNING
      if (before < from && used >= from && used < limit.allowed)
        this.#options.warn('budget-80', warningAt80(limit, used))
    }
  }
}

interface Refusal {
  limit: RunLimit
  /** When it refused: a person may raise it meanwhile. */
  allowed: number
}

function isRefusal(value: object): value is Refusal {
  return 'limit' in value
}

function refusalBy(
  limits: readonly RunLimit[],
  grant: Extract<Grant, { ok: false }>,
  then: readonly { allowed: number }[],
): Refusal {
  const limit = limits[grant.limit]
  const { allowed } = then[grant.limit] ?? {}
  if (!limit || allowed === undefined) throw new Error('A limit that nobody set has refused.')
  return { limit, allowed }
}

/** Others spend from it as well, so that the ledger knows what is used. */
function isShared({ scope }: Limit): boolean {
  return scope !== 'session'
}

/** Shared, and something that can be reserved: time cannot. */
function isReserved(limit: Limit): boolean {
  return isShared(limit) && limit.name !== 'wallTime'
}

function isOwn(limit: Limit): boolean {
  return !isReserved(limit)
}

const MOST = Number.MAX_SAFE_INTEGER

const nothing: Usage = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: 0,
  source: 'reported',
  costSource: 'free',
}

function wantOf({ label, profile, inputTokens, stream }: PlannedCall): Want {
  const need = {
    ...noCounts(),
    inputTokens,
    costUsd: promptCost(profile, inputTokens),
    // A summary is of use only to a call that follows it.
    modelCalls: label === 'summary' ? 2 : 1,
    turns: label === 'answer' ? 1 : 0,
  }
  const output = stream ? STEP : (profile.maxOutputTokens ?? WHOLE)
  return { need, output, reasoning: output, least: 1, outputPrice: tokenPrice(profile) }
}
