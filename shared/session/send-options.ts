import { z } from 'zod'
import { LimitName, Limits } from '../limits/budget.ts'
import { RunLink } from '../limits/run-link.ts'
import { MOST_VERIFY_COMMANDS, VerifyCommand } from '../verify/verify-command.ts'

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
  /** Commands that must pass before the turn counts as done, in this order; an empty list asks for none. */
  verify: z.array(VerifyCommand).max(MOST_VERIFY_COMMANDS).optional(),
  /** How often the output of a command that failed goes back to the model; missing = `DEFAULT_VERIFY_ROUNDS`. */
  verifyRounds: z.int().nonnegative().optional(),
})
export type SendOptions = z.infer<typeof SendOptions>
