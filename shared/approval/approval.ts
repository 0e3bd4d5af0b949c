import { z } from 'zod'
import { FileDiff } from './file-diff.ts'

/** What a tool wants to do, in full: the command or the change. */
const ApprovalSubject = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), command: z.string() }),
  z.object({ kind: z.literal('change'), diff: FileDiff }),
])

/** "May I?": shown as the region *Approval needed* until somebody answers or the turn ends. */
export const ApprovalRequest = z.object({
  callId: z.string(),
  tool: z.string(),
  /** After "Approval needed": "to run a command in parcel-api". */
  purpose: z.string(),
  subject: ApprovalSubject,
  /** Two or three facts in order, such as "Can reach" / "writes in parcel-api and temp only". */
  facts: z.array(z.object({ name: z.string(), text: z.string() })),
  /** What *Allow for this session* would also allow: a rule such as `shell:npm test` or `write`. */
  sessionRule: z.string(),
  /** The call was taken from text. */
  recovered: z.boolean(),
})
export type ApprovalRequest = z.infer<typeof ApprovalRequest>

export const ApprovalAnswer = z.object({
  decision: z.enum(['allow-once', 'allow-session', 'deny']),
  /** Told to the model after a *deny*. */
  reason: z.string().max(1_000_000).optional(),
})
export type ApprovalAnswer = z.infer<typeof ApprovalAnswer>
