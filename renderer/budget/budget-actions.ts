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

/** What to say of it; empty = the person chose no file. */
export async function exportCalls(
  query: SpendingQuery,
  format: 'csv' | 'json',
): Promise<{ said: string } | { problem: string }> {
  const reply = await request('budget.export', { query, format })
  if (!reply.ok) return { problem: reply.failure.message }
  return { said: reply.value.saved ? 'The calls are saved.' : '' }
}
