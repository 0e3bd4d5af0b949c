import type { LimitName } from '#shared/budget.ts'
import { noSpending } from '#shared/no-spending.ts'
import type { Spending } from '#shared/spending.ts'
import { monthOf } from './day.ts'
import { readLine, type SpendLine } from './ledger-line.ts'
import { addSpend, knownCost } from './spending.ts'

/** What days and months came to, for everything and for each profile: a fold over the lines of the ledger. */
export class SpendingFold {
  readonly #sums = new Map<string, Sum>()
  /** Lines so far; grows with every change. */
  revision = 0
  /** Torn or foreign ones, left out. */
  unreadable = 0

  take(text: string): void {
    this.revision++
    const line = readLine(text)
    if (!line) {
      this.unreadable++
      return
    }
    for (const period of [line.day, monthOf(line.day)]) {
      add(this.#sum(period, null), line)
      add(this.#sum(period, line.profile), line)
    }
  }

  /** Of a day (`2026-11-26`) or a month (`2026-11`). */
  spending(period: string, profileId: string | null = null): Spending {
    return this.#sums.get(key(period, profileId))?.spending ?? noSpending()
  }

  /** In the unit of the limit. */
  used(limit: LimitName, period: string, profileId: string | null): number {
    const sum = this.#sums.get(key(period, profileId))
    return sum ? usedOf(limit, sum) : 0
  }

  #sum(period: string, profileId: string | null): Sum {
    const name = key(period, profileId)
    let sum = this.#sums.get(name)
    if (!sum) {
      sum = { spending: noSpending(), turns: 0, ms: 0 }
      this.#sums.set(name, sum)
    }
    return sum
  }
}

interface Sum {
  spending: Spending
  turns: number
  ms: number
}

function add(sum: Sum, line: SpendLine): void {
  addSpend(sum.spending, line)
  if (line.label === 'answer') sum.turns++
  sum.ms += line.ms
}

function usedOf(limit: LimitName, { spending, turns, ms }: Sum): number {
  if (limit === 'totalTokens') return spending.inputTokens + spending.outputTokens
  if (limit === 'costUsd') return knownCost(spending)
  if (limit === 'turns') return turns
  return limit === 'wallTime' ? ms : spending[limit]
}

function key(period: string, profileId: string | null): string {
  return profileId === null ? period : `${period} ${profileId}`
}
