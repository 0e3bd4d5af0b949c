import { lstat, open, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { gitSettings } from './git-config-text.ts'
import { unlessShort } from './unless-short.ts'

/** The repository that git finds from a folder. Real paths. */
export interface Repository {
  /** The folder of its files; null = a bare one. */
  top: string | null
  /** The file `.git` in `top`, where the repository lies elsewhere. */
  link: string | null
  /** What git keeps for this folder alone: its index and its HEAD. */
  own: string
  /** Settings, hooks, objects and branches; the same as `own` but for a linked worktree. */
  common: string
}

/** What git finds from a folder. `link` = a `.git` that is a symbolic link, which leads wherever a command wants. */
export type FoundRepository = { kind: 'repository'; repository: Repository } | { kind: 'link' } | { kind: 'none' }

/** Looks for a repository as git does, from the folder upwards, and stops before a folder of `ends`. */
export async function repositoryOf(folder: string, ends: readonly string[]): Promise<FoundRepository> {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git')
    // What cannot be looked at is no repository for git either.
    const entry = await lstat(git).catch(unlessShort(null))
    if (entry?.isSymbolicLink()) return { kind: 'link' }
    // In the folder itself also one that is not whole yet: it must not become one in another's name.
    if (entry?.isDirectory() && (at === folder || (await isRepository(git))))
      return await withCommon({ top: at, link: null, own: git })
    if (entry?.isFile()) {
      const own = await namedFolder(git, at)
      return own === null ? { kind: 'none' } : await withCommon({ top: at, link: git, own })
    }
    if (await isRepository(at)) return await withCommon({ top: null, link: null, own: at })
    const above = dirname(at)
    if (above === at || ends.includes(above)) return { kind: 'none' }
  }
}

/** Whether git takes the folder for a repository. */
export async function isRepository(folder: string): Promise<boolean> {
  const head = await lstat(join(folder, 'HEAD')).catch(unlessShort(null))
  if (!head) return false
  // A worktree has these elsewhere.
  if (await isThere(join(folder, 'commondir'))) return true
  return (await isFolder(join(folder, 'objects'))) && (await isFolder(join(folder, 'refs')))
}

/**
 * Whether the repository names the folder of its files, too. A file `.git` can be written by whoever may write in the
 * folder and proves nothing alone. For a worktree and a submodule git keeps the way back; for other separate folders the
 * index does: it has inode, size and times of the very files.
 */
export async function namesItsFolder({ top, link, own, common }: Repository): Promise<boolean> {
  // A folder `.git` that takes its settings from elsewhere is nothing that git makes.
  if (link === null || top === null) return own === common
  try {
    if (own !== common) {
      const back = await realpath(resolve(own, (await readFile(join(own, 'gitdir'), 'utf8')).trim()))
      return back === (await realpath(link)) && dirname(own) === join(common, 'worktrees')
    }
    const worktree = gitSettings(await readFile(join(own, 'config'), 'utf8')).findLast(
      ({ section, name }) => section === 'core' && name === 'worktree',
    )
    if (worktree) return (await realpath(resolve(own, worktree.value))) === top
    return await indexKnows(join(own, 'index'), top)
  } catch (error) {
    // One of the ways leads nowhere.
    return unlessShort(false)(error)
  }
}

async function withCommon(found: Omit<Repository, 'common'>): Promise<FoundRepository> {
  // Most have none: then it is their own.
  const named = await readFile(join(found.own, 'commondir'), 'utf8').catch(unlessShort(null))
  if (named === null) return { kind: 'repository', repository: { ...found, common: found.own } }
  const common = await realpath(resolve(found.own, named.trim())).catch(unlessShort(found.own))
  return { kind: 'repository', repository: { ...found, common } }
}

async function namedFolder(link: string, folder: string): Promise<string | null> {
  try {
    const [, named] = /^gitdir: (.+)$/m.exec(await readFile(link, 'utf8')) ?? []
    return named === undefined ? null : await realpath(resolve(folder, named.trim()))
  } catch (error) {
    // It leads nowhere, or cannot be read.
    return unlessShort(null)(error)
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
}

async function isThere(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  )
}

/** Bytes of an index that are looked at: some thousand files. */
const INDEX_PART = 512 * 1024

/** Whether a file of the folder is in the index as it lies there. */
async function indexKnows(index: string, top: string): Promise<boolean> {
  for (const { path, inode, size, seconds } of await indexEntries(index)) {
    // In the index and not in the folder: it tells nothing.
    const file = await lstat(join(top, path), { bigint: true }).catch(() => null)
    const isIt =
      file?.isFile() &&
      Number(file.ino & 0xffffffffn) === inode &&
      Number(file.size & 0xffffffffn) === size &&
      // Nobody sets this time to what he likes.
      Number((file.ctimeNs / 1_000_000_000n) & 0xffffffffn) === seconds
    // Git leaves the numbers out of what it has not looked at.
    if (isIt && inode !== 0) return true
  }
  return false
}

interface IndexEntry {
  path: string
  inode: number
  size: number
  seconds: number
}

/** The first entries of an index (gitformat-index(5)); of version 4 only the first, whose path is whole. */
async function indexEntries(index: string): Promise<IndexEntry[]> {
  const bytes = await beginningOf(index)
  if (bytes.length < 12 || bytes.toString('latin1', 0, 4) !== 'DIRC') return []
  const version = bytes.readUInt32BE(4)
  const entries: IndexEntry[] = []
  // Mode, owner and an object id of 20 bytes follow the times; longer ids make entries that match nothing.
  for (let at = 12; at + 64 < bytes.length && entries.length < bytes.readUInt32BE(8); ) {
    const extended = version >= 3 && (bytes.readUInt16BE(at + 60) & 0x4000) !== 0
    const start = at + (extended ? 64 : 62) + (version === 4 ? 1 : 0)
    const end = bytes.indexOf(0, start)
    if (end < 0) break
    entries.push({
      path: bytes.toString('utf8', start, end),
      inode: bytes.readUInt32BE(at + 20),
      size: bytes.readUInt32BE(at + 36),
      seconds: bytes.readUInt32BE(at),
    })
    if (version === 4) break
    // One to eight zeros fill up to a multiple of eight.
    at += Math.floor((end - at + 8) / 8) * 8
  }
  return entries
}

async function beginningOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(INDEX_PART), 0, INDEX_PART, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
