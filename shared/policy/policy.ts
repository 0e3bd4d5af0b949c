import { z } from 'zod'
import { LimitSource } from '../limits/budget.ts'

/**
 * One thing that a manifest says, in words for a person. `counts`: it is in force now. `waits`: only after the person
 * trusted the file. `nothing`: it has no effect, `text` says why.
 */
export const PolicyRule = z.object({
  title: z.string(),
  text: z.string(),
  state: z.enum(['counts', 'waits', 'nothing']),
})
export type PolicyRule = z.infer<typeof PolicyRule>

/** `changed`: trusted or declined once, but the file is another one now. `declined`: the person said no to this content. */
export const PolicyTrust = z.enum(['trusted', 'untrusted', 'declined', 'changed'])
export type PolicyTrust = z.infer<typeof PolicyTrust>

export const PolicyFile = z.object({
  path: z.string(),
  /** SHA-256 of the content, in hex; empty where the file cannot be read. Trust is given to a path with its hash. */
  hash: z.string(),
  trust: PolicyTrust,
  /** Why no run may begin here, with line and reason; null = the file is whole. */
  problem: z.string().nullable(),
  rules: z.array(PolicyRule),
})
export type PolicyFile = z.infer<typeof PolicyFile>

/** All manifests that count in a folder, the nearest last; `limits` are those in force, none where a file is broken. */
export const PolicyView = z.object({
  folder: z.string(),
  files: z.array(PolicyFile),
  limits: z.array(LimitSource),
})
export type PolicyView = z.infer<typeof PolicyView>

/** A manifest as a person saw it: an answer is given to what was shown, not to what is there by then. */
export const SeenManifest = z.object({ path: z.string().min(1).max(4096), hash: z.string().regex(/^[0-9a-f]{64}$/) })
export type SeenManifest = z.infer<typeof SeenManifest>

/** The files that would say more than they do now if they were trusted, and that the person has not said no to. */
export function undecidedFiles({ files }: PolicyView): PolicyFile[] {
  return files.filter(({ trust, rules }) => trust !== 'declined' && rules.some(({ state }) => state === 'waits'))
}
