import { realpath } from 'node:fs/promises'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { BackgroundRun, FolderConflict } from '#shared/run/background.ts'
import { isOver } from '#shared/run/run-words.ts'
import type { WorkingSession } from '../sessions/sessions.ts'
import { isInside } from '../tools/contract/workspace.ts'

/**
 * Whoever works already where a new run wants to: in the same folder, in one around it or inside it, if both may change
 * something. Runs first, the oldest first. null = nobody.
 */
export async function folderConflict(
  wanted: { cwd: string; permissions: Permissions },
  runs: readonly BackgroundRun[],
  sessions: readonly WorkingSession[],
): Promise<FolderConflict | null> {
  if (!mayChange(wanted.permissions)) return null
  const here = await realPath(wanted.cwd)
  const live = runs.filter((run) => !isOver(run) && mayChange(run.permissions))
  const ofRuns = new Set(runs.map(({ sessionId }) => sessionId))
  const working = [
    ...live
      .sort((a, b) => a.startedAt - b.startedAt)
      .map(({ runId, sessionId, title, prompt, cwd }) => ({
        ...{ runId, sessionId, cwd },
        title: title || prompt,
        where: 'the background',
      })),
    ...sessions
      .filter(({ summary }) => !ofRuns.has(summary.sessionId))
      .map(({ summary: { sessionId, title, cwd }, holder }) => ({
        ...{ runId: null, sessionId, cwd },
        title: title || 'a chat',
        where: holder,
      })),
  ]
  for (const other of working) {
    const there = await realPath(other.cwd)
    if (isInside(there, here) || isInside(here, there)) {
      const { canHaveWorktree } = await import('./worktree.ts')
      return { ...other, canHaveWorktree: await canHaveWorktree(wanted.cwd) }
    }
  }
  return null
}

function mayChange({ write, shell }: Permissions): boolean {
  return write !== 'deny' || shell !== 'deny'
}

/** A folder that is gone is where it was. */
async function realPath(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder)
}
