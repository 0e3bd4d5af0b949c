import { z } from 'zod'
import { ProfileId } from './ids.ts'

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

/**
 * What a limit counts over. `run`: one run with all its children, in whatever processes they are. `background-run`: the
 * same for runs that were sent to the background. `day` and `month` are those of the person's own time zone.
 */
export const BudgetScope = z.enum(['run', 'background-run', 'session', 'day', 'month'])
export type BudgetScope = z.infer<typeof BudgetScope>

/** Limits that a person set in the settings: for one profile, or (null) for everything together. One rule per scope and profile. */
export const LimitRule = z.object({ scope: BudgetScope, profileId: ProfileId.nullable(), limits: Limits })
export type LimitRule = z.infer<typeof LimitRule>

/** Which limit ended a run, what it allowed and what was used; units as in `Limits`. */
export const BudgetStop = z.object({ limit: LimitName, allowed: z.number(), used: z.number() })
export type BudgetStop = z.infer<typeof BudgetStop>
