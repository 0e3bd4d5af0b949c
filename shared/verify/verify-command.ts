import { z } from 'zod'

/** A command that shows by its exit code whether a piece of work is done. */
export const VerifyCommand = z.string().trim().min(1).max(10_000)

/** So many commands may one turn be checked with. */
export const MOST_VERIFY_COMMANDS = 20

/** How often the output of a failed command goes back to the model where nobody said otherwise. */
export const DEFAULT_VERIFY_ROUNDS = 3

/**
 * What marks a call that the app made, and not the model, to see whether the work is done. `round` counts from 1: all
 * commands run once in each, until one fails.
 */
export const VerifyMark = z.object({ command: z.string(), round: z.int().positive() })
export type VerifyMark = z.infer<typeof VerifyMark>
