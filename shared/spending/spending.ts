import { z } from 'zod'
import { ProfileId, SessionId } from '../ids.ts'
import { Standing } from '../limits/budget.ts'
import { BackendKind } from '../profile/profile.ts'

const Count = z.number().int().nonnegative()
/** A day of the person's own time zone: `2026-11-26`. */
export const DayKey = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
export type DayKey = z.infer<typeof DayKey>

/** What a group of model calls spent: a fold of ledger lines. Money in micro-dollars, apart by how it is known. */
export const Spending = z.object({
  modelCalls: Count,
  toolCalls: Count,
  inputTokens: Count,
  /** Part of `inputTokens`; only of calls whose server told. */
  cachedInputTokens: Count,
  outputTokens: Count,
  /** Part of `outputTokens`. */
  reasoningTokens: Count,
  /** Input and output tokens of calls whose counts are our own estimate; part of the sums above. */
  estimatedTokens: Count,
  /** As the server said. */
  reportedMicroUsd: Count,
  /** Computed from prices. */
  estimatedMicroUsd: Count,
  /** Calls whose cost nobody knows; never counted as $0. */
  unknownCalls: Count,
  /** Calls that are known to cost nothing: one's own server. */
  freeCalls: Count,
  /** What the cached part of the input would have cost more without the cache; null = no price says. */
  savedMicroUsd: Count.nullable(),
})
export type Spending = z.infer<typeof Spending>

/** What the window always knows of money and tokens: the meters of sidebar, composer and tray. Part of `AppState`. */
export const SpendingState = z.object({
  day: DayKey,
  today: Spending,
  month: Spending,
  limits: z.array(Standing),
  /** Grows with every change of the ledger: a report made before it is stale. */
  revision: Count,
})
export type SpendingState = z.infer<typeof SpendingState>

export const SpendingGroup = z.enum(['day', 'profile', 'model', 'project', 'session'])
export type SpendingGroup = z.infer<typeof SpendingGroup>

/** What a report covers: whole days, both ends included. */
export const SpendingQuery = z.object({ from: DayKey, to: DayKey, profileId: ProfileId.nullable() })
export type SpendingQuery = z.infer<typeof SpendingQuery>

/** One row of a report. Which of the optional members are there follows from what it is grouped by. */
export const SpendingRow = z.object({
  /** Unique in its list: the day, the profile's id, the model and profile, the folder, the session's id. */
  key: z.string(),
  spending: Spending,
  profileId: ProfileId.optional(),
  profileName: z.string().optional(),
  kind: BackendKind.optional(),
  model: z.string().optional(),
  /** The session's folder. */
  cwd: z.string().optional(),
  sessionId: SessionId.optional(),
  /** Of the session, if it is still there. */
  title: z.string().optional(),
})
export type SpendingRow = z.infer<typeof SpendingRow>

/** All that the page *Budgets* shows of a range: one pass over the ledger. */
export const SpendingReport = z.object({
  query: SpendingQuery,
  revision: Count,
  total: Spending,
  /** Every day of the range that has calls, oldest first. */
  days: z.array(SpendingRow),
  /** Of a range of one day: its hours that have calls, `00` to `23` of the person's time zone, in order. Else empty. */
  hours: z.array(SpendingRow),
  /** The costliest first. */
  profiles: z.array(SpendingRow),
  models: z.array(SpendingRow),
  projects: z.array(SpendingRow),
  /** With the backend of the newest call. Only so many as a person looks through. */
  sessions: z.array(SpendingRow),
})
export type SpendingReport = z.infer<typeof SpendingReport>
