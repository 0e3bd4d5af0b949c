import type { RunId, SessionId } from '#shared/ids.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import type { RunWorktree } from '#shared/run/background.ts'
import { worktreeCommands } from '#shared/run/worktree-commands.ts'
import { paint, type Screen } from '../terminal/output.ts'
import { wrapRows } from '../terminal/wrap.ts'
import { writeSentence } from '../terminal/write-sentence.ts'

export interface StartedRun {
  runId: RunId
  sessionId: SessionId
  /** `uncommitted`: changed files that are in no commit, and so not in the worktree. */
  worktree?: RunWorktree & { uncommitted: number }
}

/** What a person or a script needs to come back to a run. */
export function tellStarted({ out, side }: Screen, started: StartedRun, json: boolean): void {
  const { runId, sessionId, worktree } = started
  if (worktree && worktree.uncommitted > 0) writeSentence(side, uncommittedWords(worktree.uncommitted))
  if (json) {
    const where = worktree && { worktree: { path: worktree.path, branch: worktree.branch } }
    out.write(`${JSON.stringify({ runId, sessionId, ...where })}\n`)
    return
  }
  const place = worktree ? `worktree ${worktree.path}\nbranch   ${worktree.branch}\n` : ''
  out.write(`run      ${runId}\nsession  ${sessionId}\n${place}`)
  if (!side.terminal) return
  const lines = [`It goes on by itself. Look in with: ${clawCommand(`agent-attach ${runId}`)}`]
  if (worktree)
    lines.push(`Its changes stay in the worktree, in no commit. To see them: ${worktreeCommands(worktree).show}`)
  const rows = lines.flatMap((line) => wrapRows(line, side.width() - 1))
  side.write(`${rows.map((row) => paint(side, 'dim', row)).join('\n')}\n`)
}

function uncommittedWords(count: number): string {
  const files = count === 1 ? 'One changed file is' : `${count} changed files are`
  return `The worktree begins at the last commit: ${files} in none, and not there.`
}
