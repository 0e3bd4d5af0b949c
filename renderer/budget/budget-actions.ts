import type { LimitName, LimitRule } from '#shared/limits/budget.ts'
import type { SpendingQuery } from '#shared/spending/spending.ts'
import { request } from '../bridge/bridge.ts'

/** `value` in the limit's unit, null takes it away. Gives what went wrong in one sentence, null = it is done. */
export async function setLimit(
  { scope, profileId }: Pick<LimitRule, 'scope' | 'profileId'>,
  limit: LimitName,
  value: number | null,
): Promise<string | null> {
  const reply = await request('budget.setLimit', { scope, profileId, limit, value })
  return reply.ok ? null : reply.failure.message
}

/** How an export of calls ended; `nothing` = the person chose no file. */
export type ExportOutcome = { kind: 'saved' } | { kind: 'nothing' } | { kind: 'failed'; message: string }

/** Saves the calls of the range in a file that the person chooses. */
export async function exportCalls(query: SpendingQuery, format: 'csv' | 'json'): Promise<ExportOutcome> {
  const reply = await request('budget.export', { query, format })
  if (!reply.ok) return { kind: 'failed', message: reply.failure.message }
  return { kind: reply.value.saved ? 'saved' : 'nothing' }
}
