import { clawCommand } from '#shared/lib/claw-command.ts'
import { undecidedFiles } from '#shared/policy/policy.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Shell } from '../terminal/shell.ts'
import { shortFolder } from '../terminal/words.ts'

/** One line where a policy says more than counts, because nobody has decided on it; null = nothing to say. */
export async function policyNote(
  { policies }: Engine,
  [folder, addedFolders]: readonly [string, readonly string[]],
  { cwd }: Shell,
): Promise<string | null> {
  const open = undecidedFiles(await policies.show(folder, addedFolders))
  if (open.length === 0) return null
  const paths = open.map(({ path }) => shortFolder(path)).join(' and ')
  const command = clawCommand(folder === cwd ? 'trust' : `trust ${shortFolder(folder)}`)
  return `Not trusted, so only what tightens counts: ${paths}. \`${command}\` shows it and lets the rest count.`
}
