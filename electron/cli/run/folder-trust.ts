import { clawCommand } from '#shared/lib/claw-command.ts'
import { undecidedInstructions } from '#shared/policy/instructions.ts'
import type { Engine } from '../../engine/engine.ts'
import { plainLine } from '../terminal/plain-text.ts'
import type { Shell } from '../terminal/shell.ts'
import { shortFolder } from '../terminal/words.ts'

interface FolderTrustOptions {
  flags: { 'trust-folder'?: true | undefined }
  /** A person sits here and answers. */
  canAsk: boolean
  tell(note: string): void
}

/**
 * Before the first turn in a folder whose instructions nobody decided on: `--trust-folder` is a yes, whoever sits here is
 * asked once, and where nobody does a note says that they do not count. `FailureError` `not-found`, `storage`.
 */
export async function settleFolderTrust(
  { instructions }: Pick<Engine, 'instructions'>,
  folder: string,
  { cwd }: Pick<Shell, 'cwd'>,
  { flags, canAsk, tell }: FolderTrustOptions,
): Promise<void> {
  if (flags['trust-folder']) return await instructions.answer(folder, true)
  const view = await instructions.show(folder)
  const paths = undecidedInstructions(view).map(({ path }) => plainLine(shortFolder(path)))
  if (paths.length === 0) return
  const files = paths.join(' and ')
  if (!canAsk) {
    const command = clawCommand(folder === cwd ? 'trust' : `trust ${shortFolder(folder)}`)
    tell(`Not trusted, so it does not count: ${files}. \`${command}\` or --trust-folder lets it count.`)
    return
  }
  const { askLine } = await import('../keyboard/ask.ts')
  const where = plainLine(shortFolder(view.folder))
  const answer = await askLine(`${files} tells the agent how to work. Trust ${where}, so that it counts? [y/N]`)
  // Ctrl-D and Ctrl-C are no answer: the next run asks again.
  if (answer !== null) await instructions.answer(folder, /^y(es)?$/i.test(answer.trim()))
}
