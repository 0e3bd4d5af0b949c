import { mkdir, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { FailureError, failure } from '#shared/failure.ts'
import type { RunWorktree } from '#shared/run/background.ts'
import { git as runGit } from '../lib/git.ts'
import { errorCode, storageFailure } from '../lib/storage-failure.ts'

export interface NewWorktree extends RunWorktree {
  /** Where a run of the folder that was asked for works now. */
  cwd: string
  /** Changed and new files that the worktree does not have, because they are in no commit. */
  uncommitted: number
}

/** A branch's name; the folder has it as well. Characters. */
const NAME_LENGTH = 40
/** How many namesakes are tried before it is given up. */
const NAMESAKES = 99
/** How often git is asked when it meets a worktree that is half made, and after how many milliseconds. */
const ATTEMPTS = 20
const AGAIN_MS = 50

/** Whether a run in that folder can have a worktree: a repository with a commit, and a git that knows it. */
export async function canHaveWorktree(cwd: string): Promise<boolean> {
  try {
    await git(cwd, 'rev-parse', '--verify', '--quiet', 'HEAD^{commit}')
    return (await git(cwd, 'rev-parse', '--is-inside-work-tree')) === 'true'
  } catch {
    // No repository, no commit in it, or no git on this machine.
    return false
  }
}

/**
 * Makes a worktree at the commit that the folder is at, on a new branch named after the work, beside the repository:
 * `<repository>.worktrees/<name>`. `FailureError`: `invalid-input` (why git did not), `storage`.
 */
export async function createWorktree(cwd: string, title: string): Promise<NewWorktree> {
  if (!(await canHaveWorktree(cwd))) {
    throw new FailureError(
      failure('invalid-input', `${cwd} cannot have a worktree: it needs git, and a repository with a commit in it.`),
    )
  }
  const top = await git(cwd, 'rev-parse', '--show-toplevel')
  const within = relative(await realpath(top), await realpath(cwd))
  const changes = await git(cwd, 'status', '--porcelain', '--untracked-files=normal')
  const repository = await mainFolder(cwd)
  const home = `${repository}.worktrees`
  const wanted = nameFrom(title)
  for (let number = 1; number <= NAMESAKES; number++) {
    const branch = number === 1 ? wanted : `${wanted}-${number}`
    const path = join(home, branch)
    if ((await isBranch(cwd, branch)) || !(await reserved(path))) continue
    try {
      await git(cwd, 'worktree', 'add', '--quiet', '-b', branch, path, 'HEAD')
    } catch (error) {
      await removeAgain(cwd, path, branch)
      throw new FailureError(failure('invalid-input', `git could not make a worktree: ${wordsOf(error)}`), {
        cause: error,
      })
    }
    const inside = join(path, within)
    const cwdThere = (await isThere(inside)) ? inside : path
    return { path, branch, repository, cwd: cwdThere, uncommitted: lineCount(changes) }
  }
  throw new FailureError(failure('invalid-input', `There are too many worktrees named ${wanted} in ${home} already.`))
}

/** The worktree with what a run leaves in it; as it was where git does not say. */
export async function withLeft(worktree: RunWorktree): Promise<RunWorktree> {
  const { path, branch, repository = path } = worktree
  try {
    const changes = await git(path, 'status', '--porcelain', '--untracked-files=all')
    const commits = Number(await git(repository, 'rev-list', '--count', `HEAD..${branch}`))
    return { ...worktree, left: { uncommitted: lineCount(changes), commits } }
  } catch {
    // It is gone already, or the branch is: then there is nothing to say of it.
    return worktree
  }
}

/** Removes the worktree and the branch that were made for a run that did not begin. */
export async function discardWorktree(cwd: string, { path, branch }: RunWorktree): Promise<void> {
  await removeAgain(cwd, path, branch)
}

/** Whoever reserved the folder made all that is in it. Each part may not have come to be. */
async function removeAgain(cwd: string, path: string, branch: string): Promise<void> {
  await git(cwd, 'worktree', 'remove', '--force', path).catch(() => undefined)
  await rm(path, { recursive: true, force: true })
  await git(cwd, 'branch', '--quiet', '-d', branch).catch(() => undefined)
}

/** Of the repository, also where the folder is in one of its worktrees. */
async function mainFolder(cwd: string): Promise<string> {
  const [first = ''] = (await git(cwd, 'worktree', 'list', '--porcelain')).split('\n')
  return first.replace(/^worktree /, '')
}

function nameFrom(title: string): string {
  const words = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_LENGTH)
    .replace(/^-+|-+$/g, '')
  return words || 'run'
}

async function isBranch(cwd: string, branch: string): Promise<boolean> {
  const found = await git(cwd, 'branch', '--list', '--all', '--format=%(refname)', branch, `${branch}/*`)
  return found !== ''
}

/** false = it is there already. `FailureError` `storage`: the folder beside the repository cannot be made. */
async function reserved(path: string): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await mkdir(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await isThere(path))) return false
    throw new FailureError(storageFailure(`make the folder ${path}`, error), { cause: error })
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false
    throw error
  }
}

function lineCount(text: string): number {
  return text === '' ? 0 : text.split('\n').length
}

/** The last words of git, which say why. */
/**
 * Git looks at every worktree of a repository, and gives up at one that another process is just making: then it is asked
 * again. Rejects with git's error.
 */
async function git(cwd: string, ...args: string[]): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runGit(cwd, ...args)
    } catch (error) {
      if (attempt === ATTEMPTS || !/failed to read .*worktrees/.test(wordsOf(error))) throw error
      await setTimeout(AGAIN_MS)
    }
  }
}

function wordsOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return (
    said
      .split('\n')
      .at(-1)
      ?.replace(/^fatal: /, '') || (error instanceof Error ? error.message : String(error))
  )
}
