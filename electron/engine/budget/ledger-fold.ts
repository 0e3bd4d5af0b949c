import type { LimitName } from '#shared/limits/budget.ts'
import { monthOf } from '#shared/spending/day.ts'
import { noSpending } from '#shared/spending/no-spending.ts'
import type { Spending } from '#shared/spending/spending.ts'
import { addCounts, type Counts, countOf, noCounts } from './counts.ts'
import { type Grant, grantOf } from './grant.ts'
import {
  isInvented,
  type LedgerLine,
  type LineLimit,
  type ReserveLine,
  RUN,
  readLine,
  type SpendLine,
} from './ledger-line.ts'
import { addSpend, knownCost } from './spending.ts'

/** A reservation that nobody has settled. */
export interface Hold {
  call: string
  pid: number
  startedAt: string
}

interface OpenCall extends Hold {
  parts: { sums: readonly Sum[]; counts: Counts }[]
}

/** What a day, a month or a run came to, and what is reserved of it. */
interface Sum {
  spending: Spending
  /** What the limit `turns` counts: answers that belong to the conversation. */
  iterations: number
  ms: number
  held: Counts | null
}

/**
 * A fold over the lines of the ledger in their order. Whoever folds the same lines comes to the same sums and the same
 * grants.
 */
export class LedgerFold {
  /** By day or month, then by profile; under '' is everything together. */
  readonly #periods = new Map<string, Map<string, Sum>>()
  /** The runs that somebody limits, by path and profile. A run with a limit reserves before it spends. */
  readonly #runs = new Map<string, Map<string, Sum>>()
  readonly #calls = new Map<string, OpenCall>()
  /** Grants that somebody in this process waits for, by the id of their line. */
  readonly #awaited = new Map<string, Grant | null>()
  /** The sums of the line before: the next one is nearly always of the same day. */
  #last: { day: string; profile: string; sums: readonly Sum[] } | null = null
  /** Lines so far; grows with every change. */
  revision = 0
  /** Torn or foreign ones, left out. */
  unreadable = 0

  /** A fold that begins anew, and whose revision goes on. */
  again(): LedgerFold {
    const fold = new LedgerFold()
    fold.revision = this.revision
    for (const id of this.#awaited.keys()) fold.expect(id)
    return fold
  }

  /** Folds one line of the ledger as it stands in its file; one that cannot be read is counted as such. */
  addLine(text: string): void {
    this.revision++
    const line = readLine(text)
    if (line) this.#apply(line)
    else this.unreadable++
  }

  /** Keeps what becomes of that line, until `grant` asks for it. */
  expect(id: string): void {
    this.#awaited.set(id, null)
  }

  /** What became of a reservation that is expected; null = its line was not read yet. */
  grant(id: string): Grant | null {
    const grant = this.#awaited.get(id) ?? null
    this.#awaited.delete(id)
    return grant
  }

  /** What was spent in a day (`2026-11-26`) or a month (`2026-11`), by one profile or by all. */
  spending(period: string, profileId: string | null = null): Spending {
    return this.#find(period, profileId)?.spending ?? noSpending()
  }

  /** Used of a day, a month or a run (`run <path>`), in the unit of the limit. */
  used(limit: LimitName, of: string, profileId: string | null): number {
    const sum = this.#find(of, profileId)
    return sum ? usedOf(limit, sum) : 0
  }

  /** Used, and reserved by whoever spends just now. */
  taken({ name, of, profile }: Omit<LineLimit, 'allowed'>): number {
    const sum = this.#find(of, profile)
    return sum ? usedOf(name, sum) + (sum.held ? countOf(sum.held, name) : 0) : 0
  }

  holds(): readonly Hold[] {
    return [...this.#calls.values()]
  }

  #apply(line: LedgerLine): void {
    if (line.type === 'spend') {
      if (line.timeFrom !== undefined) this.#releaseTime(line.timeFrom, line.ms)
      for (const call of line.settles ?? []) this.#release(call)
      const sums = isInvented(line) ? this.#runSums(line) : this.#sumsOf(line)
      for (const sum of sums) add(sum, line)
    } else if (line.type === 'release') {
      for (const call of line.calls) this.#release(call)
    } else {
      this.#reserve(line)
    }
  }

  #reserve(line: ReserveLine): void {
    for (const { of } of line.limits) if (of.startsWith(RUN)) entryOf(this.#runs, of.slice(RUN.length), newSums)
    const standings = line.limits.map((limit) => ({ ...limit, used: this.taken(limit) }))
    const grant = grantOf(line, standings)
    if (this.#awaited.has(line.id)) this.#awaited.set(line.id, grant)
    if (!grant.ok) return
    const counts = { ...line.need }
    counts.outputTokens += grant.output
    counts.reasoningTokens += grant.reasoning
    counts.costUsd += Math.ceil(grant.output * line.outputPrice)
    counts.wallTime += grant.time
    const sums = this.#sumsOf(line)
    for (const sum of sums) {
      sum.held ??= noCounts()
      addCounts(sum.held, counts)
    }
    const { call, pid, startedAt } = line
    entryOf(this.#calls, call, () => ({ call, pid, startedAt, parts: [] })).parts.push({ sums, counts })
  }

  /** Of the time that a call reserved, so many milliseconds are spent now. */
  #releaseTime(call: string, ms: number): void {
    let rest = ms
    for (const { sums, counts } of this.#calls.get(call)?.parts ?? []) {
      const used = Math.min(rest, counts.wallTime)
      for (const { held } of sums) if (held) held.wallTime -= used
      counts.wallTime -= used
      rest -= used
    }
  }

  #release(call: string): void {
    for (const { sums, counts } of this.#calls.get(call)?.parts ?? []) {
      for (const { held } of sums) if (held) addCounts(held, counts, -1)
    }
    this.#calls.delete(call)
  }

  /** Everything that a line counts for: its day, its month and its runs, alone and by profile. */
  #sumsOf({ day, run, profile }: Pick<SpendLine, 'day' | 'run' | 'profile'>): readonly Sum[] {
    if (this.#last?.day !== day || this.#last.profile !== profile) {
      const periods = [day, monthOf(day)].map((period) => entryOf(this.#periods, period, newSums))
      this.#last = { day, profile, sums: periods.flatMap((sums) => both(sums, profile)) }
    }
    const { sums } = this.#last
    const runs = this.#runSums({ run, profile })
    return runs.length > 0 ? [...sums, ...runs] : sums
  }

  #runSums({ run, profile }: Pick<SpendLine, 'run' | 'profile'>): readonly Sum[] {
    if (this.#runs.size === 0) return []
    const runs: Sum[] = []
    for (let end = run.indexOf('/'); ; end = run.indexOf('/', end + 1)) {
      const limited = this.#runs.get(end < 0 ? run : run.slice(0, end))
      if (limited) runs.push(...both(limited, profile))
      if (end < 0) break
    }
    return runs
  }

  #find(of: string, profileId: string | null): Sum | undefined {
    const sums = of.startsWith(RUN) ? this.#runs.get(of.slice(RUN.length)) : this.#periods.get(of)
    return sums?.get(profileId ?? '')
  }
}

function both(sums: Map<string, Sum>, profile: string): Sum[] {
  return [entryOf(sums, '', newSum), entryOf(sums, profile, newSum)]
}

function add(sum: Sum, line: SpendLine): void {
  addSpend(sum.spending, line)
  if (line.label === 'answer') sum.iterations++
  sum.ms += line.ms
}

function usedOf(limit: LimitName, { spending, iterations, ms }: Sum): number {
  if (limit === 'totalTokens') return spending.inputTokens + spending.outputTokens
  if (limit === 'costUsd') return knownCost(spending)
  if (limit === 'turns') return iterations
  return limit === 'wallTime' ? ms : spending[limit]
}

function newSum(): Sum {
  return { spending: noSpending(), iterations: 0, ms: 0, held: null }
}

function newSums(): Map<string, Sum> {
  return new Map()
}

function entryOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
