import { z } from 'zod'
import { LimitName, Limits } from '../limits/budget.ts'
import { RunLink } from '../limits/run-link.ts'

/** How a turn is to be run, by whoever sends the message. Plain data, so that a turn may go on in another process. */
export const SendOptions = z.object({
  limits: Limits.optional(),
  /** Where each was set, for a person, such as a flag. */
  limitOrigins: z.partialRecord(LimitName, z.string()).optional(),
  /** The run that this one is a child of: it spends from its purse. */
  parentRun: RunLink.optional(),
  /** JSON Schema that the final answer must follow. */
  responseSchema: z.record(z.string(), z.unknown()).optional(),
  stream: z.boolean().optional(),
})
export type SendOptions = z.infer<typeof SendOptions>
