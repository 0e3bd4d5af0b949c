import { z } from 'zod'

const DiffLine = z.object({ sign: z.enum([' ', '+', '-']), text: z.string() })

/** The change of one file: hunks with 1-based first line numbers of the old and the new side. */
export const FileDiff = z.object({
  /** Relative to the workspace. */
  path: z.string(),
  added: z.number().int(),
  removed: z.number().int(),
  hunks: z.array(z.object({ oldStart: z.number().int(), newStart: z.number().int(), lines: z.array(DiffLine) })),
  /** The file did not exist before. */
  created: z.literal(true).optional(),
  /** Lines left out because the change is too large to show. */
  omittedLines: z.number().int().optional(),
  /** Lines that are shown in part because they are too long; the text says how much is left out, and where. */
  cutLines: z.number().int().optional(),
})
export type FileDiff = z.infer<typeof FileDiff>
