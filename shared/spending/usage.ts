import { z } from 'zod'

const Count = z.number().int().nonnegative()

/**
 * What one model call used. Tokens; `null` = the server did not say (never 0 for unknown).
 * `source` says where the counts come from: the server, our own estimate, or nowhere.
 */
export const Usage = z.object({
  inputTokens: Count.nullable(),
  outputTokens: Count.nullable(),
  /** Part of `inputTokens` that the server read from its prefix cache. */
  cachedInputTokens: Count.nullable(),
  /** Part of `inputTokens` that the server put into its prefix cache; only where it says so, since some take more for it. */
  cacheWriteTokens: Count.optional(),
  /** Part of `outputTokens` that went into reasoning. */
  reasoningTokens: Count.nullable(),
  /** The server counts no reasoning, but it sent some. Missing = it counts, or sent none. */
  reasoningSource: z.literal('estimated').optional(),
  /** Micro-dollars; `null` = not known. 0 only where it is known to be free. */
  costMicroUsd: Count.nullable(),
  source: z.enum(['reported', 'estimated', 'unknown']),
  /**
   * Where the cost comes from: the server, prices, a server of one's own that costs nothing, or nowhere. Journals from
   * before it existed lack it.
   */
  costSource: z.enum(['reported', 'computed', 'free', 'unknown']).optional(),
})
export type Usage = z.infer<typeof Usage>
