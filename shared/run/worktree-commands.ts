import type { RunWorktree } from './background.ts'

/** What a person runs, from anywhere, with what a run left in its worktree. Each is one line for a shell. */
export interface WorktreeCommands {
  /** Shows what is not committed, new files too. */
  show: string
  /** Commits it, merges the branch into what the repository is at, and puts the copy away. */
  keep: string
  /** Puts the copy and all that is in it away. */
  discard: string
}

export function worktreeCommands({ path, branch, repository, left }: RunWorktree): WorktreeCommands {
  const inside = `git -C ${quoted(path)}`
  const main = repository === undefined ? 'git' : `git -C ${quoted(repository)}`
  const name = quoted(branch)
  const commit = left?.uncommitted === 0 ? [] : [`${inside} add -A`, `${inside} commit -m ${quoted(messageOf(branch))}`]
  return {
    show: [`${inside} add -N .`, `${inside} diff`].join(' && '),
    keep: [
      ...commit,
      `${main} merge ${name}`,
      `${main} worktree remove ${quoted(path)}`,
      `${main} branch -d ${name}`,
    ].join(' && '),
    discard: [`${main} worktree remove --force ${quoted(path)}`, `${main} branch -D ${name}`].join(' && '),
  }
}

/** What is true of a worktree: "3 changed files are in no commit, …". */
export function worktreeWords({ branch, left }: RunWorktree): string {
  if (!left)
    return `What was changed is in the worktree. As long as it is not committed, the branch ${branch} does not have it.`
  const { uncommitted, commits } = left
  if (uncommitted === 0 && commits === 0) return 'Nothing was changed in it.'
  const words = [
    uncommitted > 0 && `${uncommitted === 1 ? 'One changed file is' : `${uncommitted} changed files are`} in no commit`,
    commits > 0 && `${commits === 1 ? 'one commit is' : `${commits} commits are`} on the branch ${branch} alone`,
  ].filter((part) => part !== false)
  const sentence = words.join(', and ')
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`
}

function messageOf(branch: string): string {
  return branch.replaceAll('-', ' ')
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
