import type { SpendLine } from './ledger-line.ts'

/** What one kind of event came to. */
export interface CostTotal {
  /** `answer` and `summary` are calls of a model, `tool:<name>` runs of a tool. */
  label: string
  /** How often. */
  units: number
  /** Input and output together. */
  tokens: number
  /** As far as it is known. Micro-dollars. */
  costMicroUsd: number
}

/** Totals by label: a fold over the lines of the ledger. */
export class CostTracker {
  readonly #totals = new Map<string, CostTotal>()

  add(line: SpendLine): void {
    for (const name in line.tools) this.#total(`tool:${name}`).units += line.tools[name] ?? 0
    if (line.label === 'tools') return
    const total = this.#total(line.label)
    total.units++
    total.tokens += (line.input ?? 0) + (line.output ?? 0)
    total.costMicroUsd += line.cost ?? 0
  }

  /** The costliest first, then the most frequent. */
  totals(): CostTotal[] {
    return [...this.#totals.values()].sort(
      (a, b) => b.costMicroUsd - a.costMicroUsd || b.tokens - a.tokens || b.units - a.units,
    )
  }

  #total(label: string): CostTotal {
    let total = this.#totals.get(label)
    if (!total) {
      total = { label, units: 0, tokens: 0, costMicroUsd: 0 }
      this.#totals.set(label, total)
    }
    return total
  }
}
