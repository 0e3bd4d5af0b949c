import { ProfileId } from '#shared/ids.ts'
import type { Limits } from '#shared/limits/budget.ts'
import { Budget, type BudgetOptions } from '../electron/engine/budget/budget.ts'
import { noCounts } from '../electron/engine/budget/counts.ts'
import { Ledger } from '../electron/engine/budget/ledger.ts'
import type { LedgerStore } from '../electron/engine/budget/ledger-files.ts'

/** A ledger that keeps its lines in memory. */
export function memoryLedger(now: () => number = () => 0): Ledger {
  const months = new Map<string, string[]>()
  const files: LedgerStore = {
    folder: '',
    append: async (month, text) => {
      months.set(month, [...(months.get(month) ?? []), ...text.split('\n').filter((line) => line !== '')])
    },
    read: async (month, offset, take) => {
      const lines = months.get(month) ?? []
      lines.slice(offset).forEach(take)
      return lines.length
    },
    months: async () => [...months.keys()],
    prepare: async () => undefined,
    close: async () => undefined,
  }
  return new Ledger('', { now }, files)
}

/** The budget of one run, which nobody else spends from. */
export function testBudget(limits: Limits = {}, more: Partial<BudgetOptions> = {}): Budget {
  const now = more.now ?? (() => 0)
  return new Budget({
    sources: [{ scope: 'run', setBy: { kind: 'run', option: 'a test' }, limits }],
    ledger: more.ledger ?? memoryLedger(now),
    profileId: ProfileId.parse('test'),
    run: { id: 'run0000001', session: 'session001', cwd: '/project' },
    spentBefore: noCounts,
    now,
    elapsed: now,
    warn: () => undefined,
    ...more,
  })
}
