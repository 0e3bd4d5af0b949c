import { BackendKind } from '#shared/profile.ts'
import type { Usage } from '#shared/usage.ts'

/** What one call of a model spent, and the tools that ran since the call before it. */
export interface SpendLine {
  type: 'spend'
  /** Milliseconds since 1970. */
  at: number
  /** The day of the person's time zone at that moment: it stays that day, wherever the ledger is read. */
  day: string
  /** Of the run that it belongs to; children spend under that of their parent. */
  run: string
  session: string
  profile: string
  profileName: string
  kind: BackendKind
  model: string
  cwd: string
  /** What it was for: `answer`, `summary`; `tools` = no call, only the tools of a turn that ended behind them. */
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
}

export type LedgerLine = SpendLine

/**
 * Reads one line, or null for what is none: torn, foreign, or of a newer version. Checked by hand, because a ledger
 * has a line for every call of a month.
 */
export function readLine(text: string): LedgerLine | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Torn by a crash; the caller counts it.
    return null
  }
  return isSpend(value) ? value : null
}

/** Begins and ends with a newline, so that one that is torn spoils no other. */
export function lineText(line: LedgerLine): string {
  return `\n${JSON.stringify(line)}\n`
}

const kinds: ReadonlySet<unknown> = new Set(BackendKind.options)
const countSources: ReadonlySet<unknown> = new Set(['reported', 'estimated', 'unknown'])
const costSources: ReadonlySet<unknown> = new Set(['reported', 'computed', 'free', 'unknown'])

function isSpend(value: unknown): value is SpendLine {
  if (typeof value !== 'object' || value === null) return false
  // Members that are missing read as undefined, and none of the checks lets that pass.
  const line = value as Partial<Record<keyof SpendLine, unknown>>
  return (
    line.type === 'spend' &&
    isCount(line.at) &&
    isDay(line.day) &&
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
    isCounts(line.tools) &&
    isCount(line.ms)
  )
}

function isDay(value: unknown): boolean {
  return typeof value === 'string' && value.length === 10 && value[4] === '-' && value[7] === '-'
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isKnownCount(value: unknown): boolean {
  return value === null || isCount(value)
}

function isCounts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  for (const name in value) if (!isCount((value as Record<string, unknown>)[name])) return false
  return true
}
