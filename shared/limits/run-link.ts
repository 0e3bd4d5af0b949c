import { z } from 'zod'
import { ProfileId } from '../ids.ts'
import { parseJson } from '../lib/json.ts'
import { BudgetScope, LimitName, LimitSetter } from './budget.ts'

/**
 * How a child, in whatever process, spends from the purse of the run that it belongs to. A running session has one to
 * give away; it is plain data.
 */
export const RunLink = z.object({
  /** Ids of the runs from the first one down, such as `root/child`; a child adds its own. */
  path: z.string().regex(/^[0-9a-z]{10}(\/[0-9a-z]{10})*$/),
  /** When the first one began. Milliseconds since 1970. */
  startedAt: z.number().int().nonnegative(),
  /** The first one runs in the background. */
  background: z.boolean(),
  /** The limits of runs, each with the run that it counts over. */
  limits: z.array(
    z.object({
      name: LimitName,
      allowed: z.number().int().nonnegative(),
      scope: BudgetScope,
      /** In words; `setBy` is missing where an older version made the link. */
      origin: z.string(),
      setBy: LimitSetter.optional(),
      profileId: ProfileId.nullable(),
      path: z.string(),
      startedAt: z.number().int().nonnegative(),
      /** Used by that run before it moved to the process where it is now: the ledger has that under another path. */
      carried: z.number().int().nonnegative().default(0),
    }),
  ),
})
export type RunLink = z.infer<typeof RunLink>

/** Reads a run link that came from another process; null = the text is none. */
export function readRunLink(text: string): RunLink | null {
  return RunLink.safeParse(parseJson(text)).data ?? null
}
