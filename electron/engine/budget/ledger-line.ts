import { isRecord, parseJson } from '#shared/lib/json.ts'
import { LimitName } from '#shared/limits/budget.ts'
import { BackendKind } from '#shared/profile/profile.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { Counts } from './counts.ts'
import type { Want } from './grant.ts'

interface Stamp {
  /** Milliseconds since 1970. */
  at: number
  /** The day of the person's time zone at that moment: it stays that day, wherever the ledger is read. */
  day: string
}

/** What one call of a model spent, and the tools that ran since the call before it. */
export interface SpendLine extends Stamp {
  type: 'spend'
  /** Of the run and, before it, those that it is a child of: `root/child`. */
  run: string
  session: string
  profile: string
  profileName: string
  kind: BackendKind
  model: string
  cwd: string
  /** What it was for: `answer`, `summary`; `tools` = no call, only the tools or the time of a turn that ended behind them. */
  label: string
  /** null = not known. */
  input: number | null
  cached: number | null
  output: number | null
  reasoning: number | null
  counted: Usage['source']
  /** Micro-dollars; null = not known. */
  cost: number | null
  costSource: NonNullable<Usage['costSource']>
  /** Micro-dollars that the cache of the server saved; null = no price says. */
  saved: number | null
  /** How often each tool ran. */
  tools: Readonly<Record<string, number>>
  /** Milliseconds of the run since its line before. */
  ms: number
  /** Reservations that this is instead of. */
  settles?: readonly string[]
  /** The reservation that had `ms` in it, of which the rest goes on. */
  timeFrom?: string
}

/** What the demo says it used, nobody used: no day, month, report or file counts it. */
export function isInvented({ kind }: Pick<SpendLine, 'kind'>): boolean {
  return kind === 'demo'
}

/** Before the path of a run, in `of`. */
export const RUN = 'run '

/** A limit as the one who reserves knows it: everybody who folds the ledger grants by these numbers. */
export interface LineLimit {
  name: LimitName
  allowed: number
  /** A day, a month, or `run <path>`. */
  of: string
  /** null = whatever profile spends. */
  profile: string | null
}

/** Somebody wants to spend. What is granted follows from the lines before this one, for everybody alike. */
export interface ReserveLine extends Stamp, Want {
  type: 'reserve'
  /** Of this line. */
  id: string
  /** Several lines may reserve for one call; what settles or releases it does so for all of them. */
  call: string
  run: string
  profile: string
  /** Whose it is: gone with that process. */
  pid: number
  startedAt: string
  limits: readonly LineLimit[]
}

/** A call that spent nothing, or whose process is gone. */
export interface ReleaseLine extends Stamp {
  type: 'release'
  calls: readonly string[]
}

export type LedgerLine = SpendLine | ReserveLine | ReleaseLine

/**
 * Reads one line, or null for what is none: torn, foreign, or of a newer version. Checked by hand, because a ledger
 * has a line for every call of a month.
 */
export function readLine(text: string): LedgerLine | null {
  // One that a crash tore is counted by the caller.
  const value = parseJson(text)
  if (!isRecord(value) || !isCount(value.at) || !isDay(value.day)) return null
  return isSpend(value) || isReserve(value) || isRelease(value) ? value : null
}

/** Begins and ends with a newline, so that one that is torn spoils no other. */
export function lineText(line: LedgerLine): string {
  return `\n${JSON.stringify(line)}\n`
}

/** Members that are missing read as undefined, and no check lets that pass. */
type Unknown<Line> = Partial<Record<keyof Line, unknown>>

const kinds: ReadonlySet<unknown> = new Set(BackendKind.options)
const names: ReadonlySet<unknown> = new Set(LimitName.options)
const countSources: ReadonlySet<unknown> = new Set(['reported', 'estimated', 'unknown'])
const costSources: ReadonlySet<unknown> = new Set(['reported', 'computed', 'free', 'unknown'])

function isSpend(line: Unknown<SpendLine>): line is SpendLine {
  return (
    line.type === 'spend' &&
    typeof line.run === 'string' &&
    typeof line.session === 'string' &&
    typeof line.profile === 'string' &&
    typeof line.profileName === 'string' &&
    kinds.has(line.kind) &&
    typeof line.model === 'string' &&
    typeof line.cwd === 'string' &&
    typeof line.label === 'string' &&
    isKnownCount(line.input) &&
    isKnownCount(line.cached) &&
    isKnownCount(line.output) &&
    isKnownCount(line.reasoning) &&
    countSources.has(line.counted) &&
    isKnownCount(line.cost) &&
    costSources.has(line.costSource) &&
    isKnownCount(line.saved) &&
    areCounts(line.tools) &&
    isCount(line.ms) &&
    (line.settles === undefined || areTexts(line.settles)) &&
    (line.timeFrom === undefined || typeof line.timeFrom === 'string')
  )
}

function isReserve(line: Unknown<ReserveLine>): line is ReserveLine {
  return (
    line.type === 'reserve' &&
    typeof line.id === 'string' &&
    typeof line.call === 'string' &&
    typeof line.run === 'string' &&
    typeof line.profile === 'string' &&
    isCount(line.pid) &&
    typeof line.startedAt === 'string' &&
    isNeed(line.need) &&
    isCount(line.output) &&
    isCount(line.reasoning) &&
    isCount(line.least) &&
    typeof line.outputPrice === 'number' &&
    line.outputPrice >= 0 &&
    (line.time === undefined || isCount(line.time)) &&
    Array.isArray(line.limits) &&
    line.limits.every(isLimit)
  )
}

function isRelease(line: Unknown<ReleaseLine>): line is ReleaseLine {
  return line.type === 'release' && areTexts(line.calls)
}

function isNeed(value: unknown): value is Counts {
  if (!isRecord(value)) return false
  const need: Unknown<Counts> = value
  return (
    isCount(need.inputTokens) &&
    isCount(need.outputTokens) &&
    isCount(need.reasoningTokens) &&
    isCount(need.costUsd) &&
    isCount(need.toolCalls) &&
    isCount(need.modelCalls) &&
    isCount(need.turns) &&
    isCount(need.wallTime)
  )
}

function isLimit(value: unknown): value is LineLimit {
  if (!isRecord(value)) return false
  const limit: Unknown<LineLimit> = value
  return (
    names.has(limit.name) &&
    isCount(limit.allowed) &&
    typeof limit.of === 'string' &&
    (limit.profile === null || typeof limit.profile === 'string')
  )
}

function isDay(value: unknown): boolean {
  return typeof value === 'string' && value.length === 10 && value[4] === '-' && value[7] === '-'
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isKnownCount(value: unknown): boolean {
  return value === null || isCount(value)
}

function areCounts(value: unknown): boolean {
  if (!isRecord(value)) return false
  for (const name in value) if (!isCount(value[name])) return false
  return true
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}
