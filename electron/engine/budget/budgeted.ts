import type { BudgetStop } from '#shared/limits/budget.ts'

/** A limit had no room for what was asked for, or no longer has. */
export interface Stopped {
  kind: 'stopped'
  stop: BudgetStop
}

/** What became of something that spends: its value, or the limit that stopped it. */
export type Budgeted<Value> = { kind: 'allowed'; value: Value } | Stopped

export function allowed<Value>(value: Value): Budgeted<Value> {
  return { kind: 'allowed', value }
}

export function stopped(stop: BudgetStop): Stopped {
  return { kind: 'stopped', stop }
}
