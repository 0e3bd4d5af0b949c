import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gitOutput } from '../../lib/git.ts'
import { unlessShort } from '../../lib/unless-short.ts'
import { entryAt } from './way.ts'

/** How deep in a workspace a new repository is looked for, and in how many folders: each costs a look after each command. */
const DEPTH = 2
const MOST_FOLDERS = 300
/** What git or programs run by themselves in a repository; these are looked at. */
const TELLING = ['', 'config', 'config.worktree', 'commondir', 'hooks', 'HEAD']

/**
 * Folders in a folder whose `.git` was made or changed since then. Git looks into those that its index names, wherever they
 * are, and editors and people into those that lie near the top.
 */
export async function changedRepositories(folder: string, since: number): Promise<string[]> {
  return await placesWhere(folder, (git) => isChanged(git, since))
}

/** Folders in a folder that have a git folder, as far as `changedRepositories` looks. */
export async function repositoriesIn(folder: string): Promise<string[]> {
  return await placesWhere(folder, async (git) => (await entryAt(git)) === 'folder')
}

async function placesWhere(folder: string, isWanted: (git: string) => Promise<boolean>): Promise<string[]> {
  const near = await foldersIn(folder, DEPTH)
  const named = await namedByIndex(folder)
  const all = [...new Set([...near.slice(0, MOST_FOLDERS), ...named])]
  const wanted = await Promise.all(all.map(async (inner) => ((await isWanted(join(inner, '.git'))) ? [inner] : [])))
  return wanted.flat()
}

async function isChanged(git: string, since: number): Promise<boolean> {
  if ((await changeTime(git)) === null) return false
  const times = await Promise.all(TELLING.map((name) => changeTime(join(git, name))))
  return times.some((time) => time !== null && time >= since)
}

async function changeTime(path: string): Promise<number | null> {
  return await lstat(path).then(
    ({ ctimeMs }) => ctimeMs,
    () => null,
  )
}

async function foldersIn(folder: string, levels: number): Promise<string[]> {
  if (levels === 0) return []
  const entries = await readdir(folder, { withFileTypes: true }).catch(unlessShort([]))
  const folders = entries.filter(
    (entry) => entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules',
  )
  const inner = folders.slice(0, MOST_FOLDERS).map(({ name }) => join(folder, name))
  return [...inner, ...(await Promise.all(inner.map((path) => foldersIn(path, levels - 1)))).flat()]
}

const known = new Map<string, { stamp: string; named: string[] }>()

/** Repositories in repositories: the index has them as commits. Read again only when the index has changed. */
async function namedByIndex(folder: string): Promise<string[]> {
  const index = await lstat(join(folder, '.git/index')).catch(unlessShort(null))
  if (!index?.isFile()) return []
  const stamp = `${index.ino} ${index.size} ${index.mtimeMs}`
  const before = known.get(folder)
  if (before?.stamp === stamp) return before.named
  // Nothing runs for this: it only prints the index.
  const text = await gitOutput(folder, ['-c', 'core.fsmonitor=false', 'ls-files', '--stage', '-z']).catch(
    unlessShort(''),
  )
  const named = text
    .split('\0')
    .filter((entry) => entry.startsWith('160000 '))
    .map((entry) => join(folder, entry.slice(entry.indexOf('\t') + 1)))
  known.clear()
  known.set(folder, { stamp, named })
  return named
}
