import type { RunWorktree } from './background.ts'

/** What a person runs when the work is merged, or not wanted. */
export function removeWorktreeCommands({ path, branch }: RunWorktree): string[] {
  const quoted = /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
  return [`git worktree remove ${quoted}`, `git branch -d ${branch}`]
}
