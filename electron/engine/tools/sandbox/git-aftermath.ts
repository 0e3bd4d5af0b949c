import { lstat, readdir, readlink, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { isRepository, namesItsFolder, repositoryOf } from '../../lib/git-repository.ts'
import { errorCode } from '../../lib/storage-failure.ts'
import { isInside } from '../contract/workspace.ts'
import { gitFoldersIn, SUBMODULE_DEPTH } from './git-guards.ts'
import { changedRepositories, repositoriesIn } from './git-nested.ts'
import { type GitSnapshot, MADE_BY_A_COMMAND, removePrograms, snapshotOf } from './git-programs.ts'
import { entryAt } from './way.ts'

/** What git is in a folder of the workspace: `made` later means that a command made it. */
export interface GitBefore {
  folder: string
  git: 'file' | 'folder' | 'link' | 'other' | null
  target: string | null
  isBare: boolean
  /** In the repositories inside of the folder. */
  inside: GitSnapshot
}

export async function gitBefore(folders: readonly string[]): Promise<GitBefore[]> {
  return await Promise.all(
    folders.map(async (folder) => {
      const git = await entryAt(join(folder, '.git'))
      // Gone since the look: it leads nowhere.
      const target = git === 'link' ? await readlink(join(folder, '.git')).catch(() => null) : null
      const [isBare, inside] = await Promise.all([isRepository(folder), snapshotInside(folder)])
      return { folder, git, target, isBare, inside }
    }),
  )
}

async function snapshotInside(folder: string): Promise<GitSnapshot> {
  const repositories = (await repositoriesIn(folder)).map((inner) => join(inner, '.git'))
  const gits = await Promise.all(
    repositories.map(async (git) => [git, ...(await gitFoldersIn(join(git, 'modules'), SUBMODULE_DEPTH))]),
  )
  const snapshots = await Promise.all(gits.flat().map(snapshotOf))
  return new Map(snapshots.flatMap((one) => [...one]))
}

/**
 * After a command: of repositories that it made in the folder, or changed there, takes what git would run by itself and
 * what was not there before, so that the person's next git runs nothing that was planted; new links that lead out of a git
 * folder are removed. `since` is when the command began, by the clock of
 * the files. Resolves with what was done, in words for the model.
 */
export async function disarmGit(before: readonly GitBefore[], since: number): Promise<string[]> {
  const words = await Promise.all(before.map((one) => disarmFolder(one, since).catch(notLookedThrough)))
  return words.flat()
}

/** What the command did is done, and its output must not be lost for this. Throws what is no error of the system. */
function notLookedThrough(error: unknown): string[] {
  const code = errorCode(error)
  if (code === undefined) throw error
  return [`not all that it left for git could be looked through (${code}): tell the user before they use git there`]
}

async function disarmFolder({ folder, git, target, isBare, inside }: GitBefore, since: number): Promise<string[]> {
  const path = join(folder, '.git')
  const now = await entryAt(path)
  const words: string[] = []
  // What cannot be read is taken for another one.
  const isOther = now === 'link' && (git !== 'link' || (await readlink(path).catch(() => null)) !== target)
  if (isOther || (now === 'file' && git !== 'file')) {
    await rename(path, `${path}${MADE_BY_A_COMMAND}`)
    words.push(RENAMED)
  } else if (now === 'folder' && git !== 'folder') {
    if (await disarm(path, since)) words.push(DISARMED)
  } else if (now === 'folder') {
    await removeWaysOut(path, since)
  }
  if (!isBare && (await isRepository(folder)) && (await disarm(folder, since))) words.push(DISARMED)
  const changed = await changedRepositories(folder, since)
  const inner = await Promise.all(changed.map((one) => disarmInner(one, path, since, inside).catch(notLookedThrough)))
  return [...words, ...inner.flat()]
}

/** `around`: the git folder of the folder that it is in. */
async function disarmInner(folder: string, around: string, since: number, inside: GitSnapshot): Promise<string[]> {
  const git = join(folder, '.git')
  const entry = await entryAt(git)
  if (entry === 'folder') return (await disarm(git, since, inside)) ? [`in ${folder}, ${DISARMED}`] : []
  if (entry === null || (await isWorktreeOf(folder, around))) return []
  await rename(git, `${git}${MADE_BY_A_COMMAND}`)
  return [`in ${folder}, ${RENAMED}`]
}

const DISARMED = 'hooks and settings that git would run by itself were laid aside'
const RENAMED = '.git leads to another place, so it was renamed: ask the user to make this repository'

/** Whether git itself made it, as a worktree or a submodule of the repository around it, which is guarded. */
async function isWorktreeOf(folder: string, git: string): Promise<boolean> {
  const found = await repositoryOf(folder, [])
  if (found.kind !== 'repository') return false
  const { repository } = found
  if (repository.top !== folder) return false
  return isInside(git, repository.common) && (await namesItsFolder(repository))
}

async function disarm(git: string, since: number, before: GitSnapshot = NOTHING): Promise<boolean> {
  let found = await removeWaysOut(git, since)
  for (const module of await gitFoldersIn(join(git, 'modules'), SUBMODULE_DEPTH)) {
    if (await disarm(module, since, before)) found = true
  }
  return (await removePrograms(git, before)) || found
}

const NOTHING: GitSnapshot = new Map()

/** New links in a git folder that lead out of it: git writes logs and messages through them. */
async function removeWaysOut(git: string, since: number): Promise<boolean> {
  let found = false
  for (const folder of [git, join(git, 'logs'), join(git, 'info'), join(git, 'objects/info')]) {
    if ((await entryAt(folder)) !== 'folder') continue
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (!entry.isSymbolicLink()) continue
      const [target, { ctimeMs }] = await Promise.all([readlink(path), lstat(path)])
      if (isInside(git, resolve(dirname(path), target)) || ctimeMs < since) continue
      await rm(path, { force: true })
      found = true
    }
  }
  return found
}
