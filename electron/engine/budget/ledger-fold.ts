import type { LimitName } from '#shared/budget.ts'
import { noSpending } from '#shared/no-spending.ts'
import type { Spending } from '#shared/spending.ts'
import { addCounts, type Counts, countOf, countsOfSpend, noCounts } from './counts.ts'
import { monthOf } from './day.ts'
import { type Grant, grantOf } from './grant.ts'
import { type LedgerLine, type LineLimit, type ReserveLine, readLine, type SpendLine } from './ledger-line.ts'
import { addSpend } from './spending.ts'

/** A reservation that nobody has settled. */
export interface Hold {
  call: string
  pid: number
  startedAt: string
}

interface OpenCall extends Hold {
  parts: { keys: readonly string[]; counts: Counts }[]
}

/**
 * What days, months and runs came to, and what is reserved of them: a fold over the lines of the ledger in their order.
 * Whoever folds the same lines comes to the same sums and the same grants.
 */
export class LedgerFold {
  readonly #spending = new Map<string, Spending>()
  readonly #used = new Map<string, Counts>()
  readonly #held = new Map<string, Counts>()
  readonly #calls = new Map<string, OpenCall>()
  /** Grants that somebody in this process waits for, by the id of their line. */
  readonly #awaited = new Map<string, Grant | null>()
  /** Lines so far; grows with every change. */
  revision = 0
  /** Torn or foreign ones, left out. */
  unreadable = 0

  take(text: string): void {
    this.revision++
    const line = readLine(text)
    if (line) this.#takeLine(line)
    else this.unreadable++
  }

  /** One that begins anew, and whose revision goes on. */
  again(): LedgerFold {
    const fold = new LedgerFold()
    fold.revision = this.revision
    for (const id of this.#awaited.keys()) fold.expect(id)
    return fold
  }

  /** Keeps what becomes of that line, until `grant` asks for it. */
  expect(id: string): void {
    this.#awaited.set(id, null)
  }

  /** null = that line was not read. */
  grant(id: string): Grant | null {
    const grant = this.#awaited.get(id) ?? null
    this.#awaited.delete(id)
    return grant
  }

  /** Of a day (`2026-11-26`) or a month (`2026-11`). */
  spending(period: string, profileId: string | null = null): Spending {
    return this.#spending.get(keyOf(period, profileId)) ?? noSpending()
  }

  /** Used of a day, a month or a run (`run <path>`), in the unit of the limit. */
  used(limit: LimitName, of: string, profileId: string | null): number {
    const counts = this.#used.get(keyOf(of, profileId))
    return counts ? countOf(counts, limit) : 0
  }

  /** Used, and reserved by whoever spends just now. */
  taken({ name, of, profile }: LineLimit): number {
    const held = this.#held.get(keyOf(of, profile))
    return this.used(name, of, profile) + (held ? countOf(held, name) : 0)
  }

  holds(): readonly Hold[] {
    return [...this.#calls.values()]
  }

  #takeLine(line: LedgerLine): void {
    if (line.type === 'spend') {
      for (const call of line.settles ?? []) this.#release(call)
      this.#spend(line)
    } else if (line.type === 'release') {
      for (const call of line.calls) this.#release(call)
    } else {
      this.#reserve(line)
    }
  }

  #spend(line: SpendLine): void {
    const counts = countsOfSpend(line)
    for (const period of [line.day, monthOf(line.day)]) {
      addSpend(entryOf(this.#spending, period, noSpending), line)
      addSpend(entryOf(this.#spending, keyOf(period, line.profile), noSpending), line)
    }
    for (const key of keysOf(line)) addCounts(entryOf(this.#used, key, noCounts), counts)
  }

  #reserve(line: ReserveLine): void {
    const standings = line.limits.map((limit) => ({ ...limit, used: this.taken(limit) }))
    const grant = grantOf(line, standings)
    if (this.#awaited.has(line.id)) this.#awaited.set(line.id, grant)
    if (!grant.ok) return
    const counts = { ...line.need }
    counts.outputTokens += grant.output
    counts.reasoningTokens += grant.reasoning
    counts.costUsd += Math.ceil(grant.output * line.outputPrice)
    const keys = keysOf(line)
    for (const key of keys) addCounts(entryOf(this.#held, key, noCounts), counts)
    const { call, pid, startedAt } = line
    entryOf(this.#calls, call, () => ({ call, pid, startedAt, parts: [] })).parts.push({ keys, counts })
  }

  #release(call: string): void {
    for (const { keys, counts } of this.#calls.get(call)?.parts ?? []) {
      for (const key of keys) addCounts(entryOf(this.#held, key, noCounts), counts, -1)
    }
    this.#calls.delete(call)
  }
}

/** Everything that a line counts for: its day, its month and its runs, alone and by profile. */
function keysOf({ day, run, profile }: Pick<SpendLine, 'day' | 'run' | 'profile'>): string[] {
  const keys: string[] = []
  const add = (of: string) => keys.push(of, keyOf(of, profile))
  add(day)
  add(monthOf(day))
  for (let end = run.indexOf('/'); end > 0; end = run.indexOf('/', end + 1)) add(`run ${run.slice(0, end)}`)
  add(`run ${run}`)
  return keys
}

function keyOf(of: string, profile: string | null): string {
  return profile === null ? of : `${of} ${profile}`
}

function entryOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
