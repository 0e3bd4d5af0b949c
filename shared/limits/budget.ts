import { z } from 'zod'
import { ProfileId } from '../ids.ts'

/**
 * The limits of a run; the names are those of `run-end.budget.limit` (docs/contracts.md). `turns` counts iterations: its name
 * is older than the difference, and stands in settings, manifests, journals, ledgers and flags.
 */
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

/** Who set a limit. It identifies the limit; what a person reads of it is `originWords`. */
export const LimitSetter = z.discriminatedUnion('kind', [
  /** The person, in the settings: for one profile, or (null) for everything together. */
  z.object({ kind: z.literal('settings'), profileId: ProfileId.nullable(), profileName: z.string().optional() }),
  /** A policy manifest. */
  z.object({ kind: z.literal('policy'), path: z.string(), trusted: z.boolean() }),
  /** Whoever began the run; `option` is their own name for how they did, such as a flag. */
  z.object({ kind: z.literal('run'), option: z.string() }),
])
export type LimitSetter = z.infer<typeof LimitSetter>

/** One rule: so much of one thing may be spent over one scope. */
export const Limit = z.object({
  name: LimitName,
  allowed: z.number().int().nonnegative(),
  scope: BudgetScope,
  /** Only what this profile spends counts; null = whatever profile spends. */
  profileId: ProfileId.nullable(),
  setBy: LimitSetter,
})
export type Limit = z.infer<typeof Limit>

/** A limit and how much of it is used; null = nobody counts that here, such as for a session that is not open. */
export const Standing = Limit.extend({ used: z.number().int().nonnegative().nullable() })
export type Standing = z.infer<typeof Standing>

/** Limits that one setter sets over one scope. */
export const LimitSource = z.object({ scope: BudgetScope, setBy: LimitSetter, limits: Limits })
export type LimitSource = z.infer<typeof LimitSource>

/** One call among those that spent the most; `tokens` = input and output together. */
const CostlyCall = z.object({
  /** Such as "model call 3, qwen3-coder". */
  label: z.string(),
  tokens: z.number().int().nonnegative(),
  costMicroUsd: z.number().int().nonnegative().nullable(),
})

/**
 * The limit that said no: what it allowed and what was used; units as in `Limits`. Journals from before scopes existed lack
 * what is optional.
 */
export const BudgetStop = z.object({
  limit: LimitName,
  allowed: z.number(),
  used: z.number(),
  /** What the next step would have added at the least, where `used` alone is within the limit. */
  needs: z.number().optional(),
  scope: BudgetScope.optional(),
  /** Where the limit was set, for a person: "--max-total-tokens", "Budgets: a day, OpenRouter", a manifest's path. */
  origin: z.string().optional(),
  /** The same as a code; missing in older journals, see `setterOf`. */
  setBy: LimitSetter.optional(),
  /** At most five, the costliest first. */
  top: z.array(CostlyCall).max(5).optional(),
})
export type BudgetStop = z.infer<typeof BudgetStop>

/**
 * What a person answers when a limit is reached in a run that somebody watches. `finish`: one last answer without tools.
 * `raise`: that limit, for this run only, to a value in the limit's unit. `stop`: as if nobody watched.
 */
export const BudgetAnswer = z.discriminatedUnion('choice', [
  z.object({ choice: z.literal('finish') }),
  z.object({ choice: z.literal('raise'), to: z.number().int().positive() }),
  z.object({ choice: z.literal('stop') }),
])
export type BudgetAnswer = z.infer<typeof BudgetAnswer>

/**
 * What became of a question at a limit. `room`: nobody answered it; the limit was raised or taken away where it was set,
 * or its day is over, and the run goes on by itself.
 */
export const BudgetDecision = z.discriminatedUnion('choice', [
  ...BudgetAnswer.options,
  z.object({ choice: z.literal('room') }),
])
export type BudgetDecision = z.infer<typeof BudgetDecision>

/** Whether the run goes on after that as before. */
export function letsGoOn({ choice }: BudgetDecision): boolean {
  return choice === 'raise' || choice === 'room'
}
