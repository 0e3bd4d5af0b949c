import type { FolderConflict, NewRun } from '#shared/run/background.ts'
import type { Engine } from '../../engine/engine.ts'
import type { BgFlags } from '../command-line/background-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { plainLine } from '../terminal/plain-text.ts'

/** Where a new run works. `nowhere`: the person would rather not start it. */
export type WorkFolderChoice = 'folder' | 'worktree' | 'nowhere'

/**
 * Where something works in the folder already, a person at the terminal decides; a script is told, and goes on as it would
 * have. `UsageError`: both flags.
 */
export async function chooseWorkFolder(
  engine: Engine,
  run: Pick<NewRun, 'cwd' | 'permissions'>,
  flags: BgFlags,
  { canAsk, tell }: { canAsk: boolean; tell(message: string): void },
): Promise<WorkFolderChoice> {
  if (flags.worktree && flags['same-folder']) throw new UsageError('Choose --worktree or --same-folder, not both.')
  if (flags.worktree) return 'worktree'
  if (flags['same-folder']) return 'folder'
  const conflict = await engine.background.conflict(run)
  if (!conflict) return 'folder'
  tell(conflictWords(conflict))
  if (canAsk) return askWorkFolder(conflict)
  tell(conflict.canHaveWorktree ? 'It starts there all the same; --worktree gives it a copy of its own.' : STARTS)
  return 'folder'
}

const STARTS = 'It starts there all the same; --same-folder says that this is meant.'

function conflictWords({ runId, sessionId, title, where }: FolderConflict): string {
  const name = runId ?? sessionId
  return `Something works in this folder already: "${plainLine(title)}" (${name}, in ${where}). The two may undo each other's changes.`
}

async function askWorkFolder({ canHaveWorktree }: FolderConflict): Promise<WorkFolderChoice> {
  const { askLine } = await import('../keyboard/ask.ts')
  const worktree = canHaveWorktree ? 'w in a worktree of its own, ' : ''
  const choices = `${worktree}s in the same folder, n not now`
  for (let question = `Start this one? ${choices}`; ; question = `Type ${choices}.`) {
    const line = await askLine(question)
    if (line === null || /^n(o)?$/i.test(line.trim())) return 'nowhere'
    if (/^s(ame)?$/i.test(line.trim())) return 'folder'
    if (canHaveWorktree && /^w(orktree)?$/i.test(line.trim())) return 'worktree'
  }
}
