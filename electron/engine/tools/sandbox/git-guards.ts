import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { gitSettings } from '../../lib/git-config-text.ts'
import { namesItsFolder, type Repository, repositoryOf } from '../../lib/git-repository.ts'
import { errorCode } from '../../lib/storage-failure.ts'
import { unlessShort } from '../../lib/unless-short.ts'
import { isInside } from '../contract/workspace.ts'
import { hasIdleCommondir } from './commondir.ts'
import type { Plan } from './plan.ts'
import { entryAt } from './way.ts'

/** What of git the commands of a workspace reach. */
export interface GitReach {
  plan: Plan
  /** Git folders whose `commondir` has to be there while a command runs. */
  holds: string[]
}

/** More submodules than these stay as they are. */
const MOST_SUBMODULES = 40
export const SUBMODULE_DEPTH = 3

/** What git does by itself: which programs it runs, and where it takes its settings from. */
const FIXED = ['config', 'hooks', 'commondir', 'gitdir', 'config.worktree', 'modules', 'worktrees']

/**
 * Of the repositories that folders belong to, opens what a commit writes and keeps what git would run by itself later,
 * outside of the sandbox. `ends`: where the search upwards ends, such as the home folder.
 */
export async function gitReach(folders: readonly string[], ends: readonly string[]): Promise<GitReach> {
  const reach: GitReach = { plan: new Map(), holds: [] }
  const within = (path: string) => folders.some((other) => isInside(other, path))
  for (const folder of folders) {
    const found = await repositoryOf(folder, ends)
    if (found.kind !== 'repository') continue
    const { repository } = found
    if (repository.link !== null) reach.plan.set(repository.link, { kind: 'readable' })
    if (!within(repository.common) && !(await namesItsFolder(repository))) continue
    // Without its files git would take all that is not to be seen for deleted.
    if (repository.top !== null && !within(repository.top)) reach.plan.set(repository.top, { kind: 'readable' })
    await openRepository(reach, repository, folders)
  }
  return reach
}

/** Git folders outside of a workspace that commits of its commands go into. Changes nothing. */
export async function outsideRepositories(folders: readonly string[], ends: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const found = await repositoryOf(folder, ends)
      if (found.kind !== 'repository') return []
      const { repository } = found
      if (folders.some((other) => isInside(other, repository.common))) return []
      return (await namesItsFolder(repository)) ? [repository.common] : []
    }),
  )
  return found.flat()
}

async function openRepository(reach: GitReach, repository: Repository, folders: readonly string[]): Promise<void> {
  const { top, own, common } = repository
  const settings = gitSettings(await readFile(join(common, 'config'), 'utf8').catch(unlessShort('')))
  await openGitFolder(reach, common, folders)
  await emptyFile(reach.plan, join(common, 'config'))
  if (own !== common) {
    // Another work folder of the same repository: what is checked out there, and what was deleted, stays.
    for (const name of ['HEAD', 'index']) await fix(reach.plan, join(common, name))
    for (const name of ['objects', 'refs', 'logs']) await pin(reach.plan, join(common, name))
    await openGitFolder(reach, own, folders)
  }
  if (settings.some(({ name }) => name === 'worktreeconfig')) await emptyFile(reach.plan, join(own, 'config.worktree'))
  for (const { section, name, value } of settings) {
    const named =
      section === 'core' && name === 'hookspath' ? top : section === 'include' && name === 'path' ? common : null
    if (named !== null) await fixNamed(reach.plan, resolve(named, value), folders)
  }
  await openSubmodules(reach, join(common, 'modules'), folders)
}

/** Writable, and cannot be moved away; what is fixed in it cannot be replaced, and not be made where it is missing. */
async function openGitFolder(reach: GitReach, folder: string, folders: readonly string[]): Promise<void> {
  const { plan } = reach
  const entries = await Promise.all(FIXED.map(async (name) => [join(folder, name), await entryAt(join(folder, name))]))
  // A link cannot be held: somebody else could be put in its place.
  if (entries.some(([, entry]) => entry === 'link')) {
    plan.set(folder, { kind: 'readable' })
    return
  }
  pinWay(plan, folder, folders)
  if (!folders.includes(folder)) plan.set(folder, { kind: 'writable' })
  for (const [path, entry] of entries) if (path && entry) plan.set(path, { kind: 'readable' })
  await emptyFolder(plan, join(folder, 'hooks'))
  if (!plan.has(join(folder, 'commondir')) || (await hasIdleCommondir(folder))) reach.holds.push(folder)
}

/** Those that are there can be committed in like any other; a new one cannot be made. */
async function openSubmodules(reach: GitReach, modules: string, folders: readonly string[]): Promise<void> {
  if ((await entryAt(modules)) !== 'folder') return
  const found = (await gitFoldersIn(modules, SUBMODULE_DEPTH)).slice(0, MOST_SUBMODULES)
  for (const folder of found) {
    await openGitFolder(reach, folder, folders)
    const worktree = gitSettings(await readFile(join(folder, 'config'), 'utf8').catch(unlessShort(''))).findLast(
      ({ section, name }) => section === 'core' && name === 'worktree',
    )
    if (!worktree) continue
    const link = join(resolve(folder, worktree.value), '.git')
    if (!folders.some((other) => isInside(other, link)) || (await entryAt(link)) !== 'file') continue
    pinWay(reach.plan, dirname(link), folders)
    reach.plan.set(link, { kind: 'readable' })
  }
}

/** Git folders of submodules, some levels deep. */
export async function gitFoldersIn(folder: string, levels: number): Promise<string[]> {
  if (levels === 0) return []
  const entries = await readdir(folder, { withFileTypes: true }).catch(unlessShort([]))
  if (entries.some((entry) => entry.isFile() && entry.name === 'HEAD')) {
    return [folder, ...(await gitFoldersIn(join(folder, 'modules'), levels - 1))]
  }
  const inner = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async (entry) => await gitFoldersIn(join(folder, entry.name), levels - 1)),
  )
  return inner.flat()
}

/** Below a folder of the workspace, each folder on the way: a moved one would take its guards along. */
function pinWay(plan: Plan, path: string, folders: readonly string[]): void {
  const root = folders.find((folder) => isInside(folder, path))
  if (root === undefined) return
  for (let at = path; at !== root; at = dirname(at)) if (!plan.has(at)) plan.set(at, { kind: 'writable' })
}

async function pin(plan: Plan, path: string): Promise<void> {
  if ((await entryAt(path)) === 'folder' && !plan.has(path)) plan.set(path, { kind: 'writable' })
}

async function fix(plan: Plan, path: string): Promise<void> {
  if ((await entryAt(path)) === 'file') plan.set(path, { kind: 'readable' })
}

/** A folder of hooks or a file of settings that lies where commands write. */
async function fixNamed(plan: Plan, path: string, folders: readonly string[]): Promise<void> {
  const root = folders.find((folder) => isInside(folder, path) && folder !== path)
  const entry = await entryAt(path)
  if (root === undefined || (entry !== 'file' && entry !== 'folder')) return
  for (let at = dirname(path); at !== root; at = dirname(at)) if ((await entryAt(at)) !== 'folder') return
  pinWay(plan, dirname(path), folders)
  plan.set(path, { kind: 'readable' })
}

async function emptyFolder(plan: Plan, path: string): Promise<void> {
  if (plan.has(path)) return
  await mkdir(path).catch(notWritable)
  if ((await entryAt(path)) === 'folder') plan.set(path, { kind: 'readable' })
}

async function emptyFile(plan: Plan, path: string): Promise<void> {
  if (plan.has(path)) return
  await writeFile(path, '', { flag: 'wx' }).catch(notWritable)
  if ((await entryAt(path)) === 'file') plan.set(path, { kind: 'readable' })
}

/** Where we cannot write, a command cannot either. */
function notWritable(error: unknown): void {
  if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) throw error
}
