import { noSpending } from '#shared/spending/no-spending.ts'
import type { Spending, SpendingReport } from '#shared/spending/spending.ts'

/** One call, or what is given of more. */
export function spending(parts: Partial<Spending>): Spending {
  return { ...noSpending(), modelCalls: 1, ...parts }
}

export function emptyReport(from: string, to: string): SpendingReport {
  return {
    query: { from, to, profileId: null },
    revision: 1,
    total: noSpending(),
    days: [],
    hours: [],
    profiles: [],
    models: [],
    projects: [],
    sessions: [],
  }
}
