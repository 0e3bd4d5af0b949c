import { z } from 'zod'

/**
 * What a person can do about a failure, where that depends on the face in which they see it: the terminal has commands and
 * flags for it, the window has buttons. Each face words it.
 */
export const FailureRemedy = z.discriminatedUnion('kind', [
  /** Allow what nobody allowed (`unknown` = a tool that is not of this app), in a new try or in one that goes on where this one ended. */
  z.object({
    kind: z.literal('allow'),
    access: z.enum(['write', 'shell', 'unknown']),
    again: z.enum(['begin', 'go-on']),
  }),
  /** Look at what there is. */
  z.object({ kind: z.literal('list'), what: z.enum(['sessions', 'runs']) }),
  /** Go on with a session in another folder. */
  z.object({ kind: z.literal('other-folder') }),
  /** Read what a run said, which cannot be attached to. */
  z.object({ kind: z.literal('read-log'), runId: z.string() }),
  /** Watch a run, or end it. */
  z.object({ kind: z.literal('watch-or-end'), runId: z.string() }),
  /** End a run. */
  z.object({ kind: z.literal('end'), runId: z.string() }),
])
export type FailureRemedy = z.infer<typeof FailureRemedy>
