import type { Engine } from '../../engine/engine.ts'
import type { Desktop } from './app-handlers.ts'
import type { Handlers } from './router.ts'

type BudgetRequest = Extract<keyof Handlers, `budget.${string}`>

/** What was spent, and the limits. What changes comes by the feed. */
export function budgetHandlers({ spending }: Engine, desktop: Desktop): Pick<Handlers, BudgetRequest> {
  return {
    'budget.report': (query) => spending.report(query),
    'budget.setLimit': async (change) => {
      await spending.setLimit(change)
      return null
    },
    'budget.export': async ({ query, format }) => {
      const path = await desktop.chooseTarget('Export spending', `claw-spending-${query.from}-${query.to}.${format}`)
      if (path === null) return { saved: false }
      await spending.exportTo(path, query, format)
      return { saved: true }
    },
  }
}
