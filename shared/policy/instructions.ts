import { z } from 'zod'

/** A file that tells the agent how to work in a folder: AGENTS.md, or CLAUDE.md where there is none. */
export const InstructionFile = z.object({
  path: z.string(),
  /** SHA-256 of its bytes, in hex; empty where it cannot be read. */
  sha256: z.string(),
  /** Its text reaches the model: the folder is trusted, or the file is the person's own. */
  trusted: z.boolean(),
  bytes: z.number().int().nonnegative(),
  /** Whether it has room in the next message, in whole or its beginning. */
  used: z.boolean(),
  /** It is another one than when its folder was trusted, or when it was used last. */
  changed: z.boolean(),
  /** Why it does not count, or what of it does not; null = it is whole. */
  problem: z.string().nullable(),
})
export type InstructionFile = z.infer<typeof InstructionFile>

/** The instructions for work in a folder, the nearest last. */
export const InstructionsView = z.object({
  /** Trust is given to this folder: the top of the repository, or the folder itself outside of one. */
  folder: z.string(),
  trust: z.enum(['trusted', 'untrusted', 'declined']),
  files: z.array(InstructionFile),
  /** Files of folders below: the model hears their paths alone. */
  nested: z.array(z.string()),
})
export type InstructionsView = z.infer<typeof InstructionsView>

/** A folder that the person answered about. */
export const AnsweredFolder = z.object({ folder: z.string(), trusted: z.boolean() })
export type AnsweredFolder = z.infer<typeof AnsweredFolder>

/** The files that wait for a yes or no of the person; none = there is nothing to ask. */
export function undecidedInstructions({ trust, files }: InstructionsView): InstructionFile[] {
  return trust === 'untrusted' ? files.filter(({ trusted }) => !trusted) : []
}
