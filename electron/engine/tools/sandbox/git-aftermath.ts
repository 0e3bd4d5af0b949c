import { lstat, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { gitSettings, settingLine } from '../../lib/git-config-text.ts'
import { isRepository, namesItsFolder, repositoryOf } from '../../lib/git-repository.ts'
import { isInside } from '../workspace.ts'
import { gitFoldersIn, SUBMODULE_DEPTH } from './git-guards.ts'
import { changedRepositories } from './git-nested.ts'
import { entryAt } from './way.ts'

/** What git is in a folder of the workspace: `made` later means that a command made it. */
export interface GitBefore {
  folder: string
  git: 'file' | 'folder' | 'link' | 'other' | null
  target: string | null
  isBare: boolean
}

/** Of a repository that a command made, settings that say what it is; those that name programs are not among them. */
const KEPT_SECTIONS = /^(remote|branch|submodule|init|user|author|committer|extensions)(\.|$)/
const KEPT_NAMES =
  /^core\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks|autocrlf|eol|worktree)$/
const PROGRAM_NAMES = /^(vcs|uploadpack|receivepack|proxy|update|helper)$/

export async function gitBefore(folders: readonly string[]): Promise<GitBefore[]> {
  return await Promise.all(
    folders.map(async (folder) => {
      const git = await entryAt(join(folder, '.git'))
      const target = git === 'link' ? await readlink(join(folder, '.git')).catch(() => null) : null
      return { folder, git, target, isBare: await isRepository(folder) }
    }),
  )
}

/**
 * After a command: of repositories that it made in the folder, takes what git would run by itself, so that the person's next git runs
 * nothing that was planted; what leads out of a git folder is removed. `since` is when the command began, by the clock of
 * the files. Resolves with what was done, in words for the model.
 */
export async function disarmGit(before: readonly GitBefore[], since: number): Promise<string[]> {
  const words = await Promise.all(before.map((one) => disarmFolder(one, since)))
  return words.flat()
}

async function disarmFolder({ folder, git, target, isBare }: GitBefore, since: number): Promise<string[]> {
  const path = join(folder, '.git')
  const now = await entryAt(path)
  const words: string[] = []
  const isOther = now === 'link' && (git !== 'link' || (await readlink(path).catch(() => null)) !== target)
  if (isOther || (now === 'file' && git !== 'file')) {
    await rename(path, `${path}.made-by-a-command`)
    words.push(RENAMED)
  } else if (now === 'folder' && git !== 'folder') {
    if (await disarm(path, since)) words.push(DISARMED)
  } else if (now === 'folder') {
    await removeWaysOut(path, since)
  }
  if (!isBare && (await isRepository(folder)) && (await disarm(folder, since))) words.push(DISARMED)
  for (const inner of await changedRepositories(folder, since)) {
    const entry = await entryAt(join(inner, '.git'))
    if (entry === 'folder') {
      if (await disarm(join(inner, '.git'), since)) words.push(`in ${inner}, ${DISARMED}`)
    } else if (entry !== null && !(await isWorktreeOf(inner, path))) {
      await rename(join(inner, '.git'), join(inner, '.git.made-by-a-command'))
      words.push(`in ${inner}, ${RENAMED}`)
    }
  }
  return words
}

const DISARMED = 'hooks and settings that name programs were taken out of the new repository'
const RENAMED = '.git leads to another place, so it was renamed: ask the user to make this repository'

/** Whether git itself made it, as a worktree or a submodule of the repository around it, which is guarded. */
async function isWorktreeOf(folder: string, git: string): Promise<boolean> {
  const repository = await repositoryOf(folder, [])
  if (repository === null || repository === 'link' || repository.top !== folder) return false
  return isInside(git, repository.common) && (await namesItsFolder(repository))
}

async function disarm(git: string, since: number): Promise<boolean> {
  let found = await removeWaysOut(git, since)
  for (const module of await gitFoldersIn(join(git, 'modules'), SUBMODULE_DEPTH)) {
    if (await disarm(module, since)) found = true
  }
  for (const name of await readdir(join(git, 'worktrees')).catch(() => [])) {
    const worktree = join(git, 'worktrees', name)
    const common = await readFile(join(worktree, 'commondir'), 'utf8').catch(() => '')
    if (resolve(worktree, common.trim()) === git) continue
    await rm(worktree, { recursive: true, force: true })
    found = true
  }
  for (const name of ['commondir', 'gitdir', 'config.worktree']) {
    if ((await entryAt(join(git, name))) === null) continue
    await rm(join(git, name), { recursive: true, force: true })
    found = true
  }
  for (const name of await readdir(join(git, 'hooks')).catch(() => [])) {
    if (name.endsWith('.sample')) continue
    await rm(join(git, 'hooks', name), { recursive: true, force: true })
    found = true
  }
  const config = join(git, 'config')
  if ((await entryAt(config)) !== 'file') {
    await rm(config, { recursive: true, force: true })
    return found
  }
  const settings = gitSettings(await readFile(config, 'utf8'))
  const kept = settings.filter(({ section, name }) =>
    section === 'core'
      ? KEPT_NAMES.test(`core.${name}`)
      : KEPT_SECTIONS.test(section) && !PROGRAM_NAMES.test(name) && name !== 'worktreeconfig',
  )
  if (kept.length === settings.length) return found
  await writeFile(config, kept.map(settingLine).join(''))
  return true
}

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
