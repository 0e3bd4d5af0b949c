import { z } from 'zod'

/** The limits of a run; the names are those of `run-end.budget.limit` (design.md section 5). */
export const LimitName = z.enum([
  'totalTokens',
  'inputTokens',
  'outputTokens',
  'reasoningTokens',
  'costUsd',
  'toolCalls',
  'modelCalls',
  'turns',
  'wallTime',
])
export type LimitName = z.infer<typeof LimitName>

/** Tokens and counts are integers; `costUsd` is in micro-dollars, `wallTime` in milliseconds. A missing key is no limit. */
export const Limits = z.partialRecord(LimitName, z.number().int().nonnegative())
export type Limits = z.infer<typeof Limits>

/** Which limit ended a run, what it allowed and what was used; units as in `Limits`. */
export const BudgetStop = z.object({ limit: LimitName, allowed: z.number(), used: z.number() })
export type BudgetStop = z.infer<typeof BudgetStop>
