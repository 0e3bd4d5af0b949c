import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { FailureError } from '#shared/failure.ts'
import { linkedWorktree } from '../lib/git-worktree.ts'
import { errorCode, storageFailure } from '../lib/storage-failure.ts'
import type { ManifestContent } from './parse-manifest.ts'

/** What stands at the place of a manifest. `hash` is that of the bytes; empty where they could not be read. */
export interface ManifestFile {
  path: string
  hash: string
  content: ManifestContent
}

/** In one folder the second follows the first. */
const FILE_NAMES = ['.claw-policy.json', '.claw-hooks.json']
/** Bytes. A manifest is written by hand. */
const LARGEST = 64 * 1024

/**
 * The places where manifests of a folder may be, the nearest last: added folders, then from the top of the disk down to
 * the folder itself. `original`: the folder that a worktree stands for; what counts there counts here too, one step
 * farther. All paths are real ones.
 */
export function manifestPlaces(folder: string, addedFolders: readonly string[], original: string | null): string[] {
  const way = wayTo(folder)
  const others = [...addedFolders, ...(original === null ? [] : wayTo(original))].filter(
    (other) => !way.includes(other),
  )
  return [...new Set(others), ...way].flatMap((folder) => FILE_NAMES.map((name) => join(folder, name)))
}

/** From the top of the disk down to it. */
function wayTo(folder: string): string[] {
  const way = [folder]
  for (let above = dirname(folder); above !== way[0]; above = dirname(above)) way.unshift(above)
  return way
}

/**
 * The folder of a repository that a folder in one of its worktrees stands for: a run that was sent into a worktree stays
 * under the policy of its folder, also where git does not know the manifest. null = it is in no worktree. `FailureError`
 * `storage`: that cannot be told now.
 */
export async function originalOf(folder: string): Promise<string | null> {
  for (const top of wayTo(folder).reverse()) {
    const worktree = await linkedWorktree(top).catch((error: unknown) => {
      throw new FailureError(storageFailure('look for the policy of this folder', error), { cause: error })
    })
    if (worktree === null) continue
    // A bare repository has no folder to work in.
    return basename(worktree.common) === '.git' ? join(dirname(worktree.common), relative(top, folder)) : null
  }
  return null
}

/** Reads manifests, and again only those that changed: a turn without a change costs one look at each place. */
export class ManifestReader {
  readonly #known = new Map<string, { stamp: string; file: ManifestFile }>()

  /**
   * Reads the manifests that are at the given paths, in that order. One that cannot be read is among them, with its problem.
   */
  async read(places: readonly string[]): Promise<ManifestFile[]> {
    const files = await Promise.all(places.map((path) => this.#readOne(path)))
    return files.filter((file) => file !== null)
  }

  async #readOne(path: string): Promise<ManifestFile | null> {
    let stamp: string
    try {
      const found = await stampOf(path)
      if (found === null) return null
      stamp = found
    } catch (error) {
      return unusable(path, `cannot be read (${errorCode(error) ?? String(error)})`)
    }
    const known = this.#known.get(path)
    if (known?.stamp === stamp) return known.file
    const file = await readManifest(path)
    if (file.hash) this.#known.set(path, { stamp, file })
    return file
  }
}

/** A mark that changes with the file; null = nothing is there. A link to nothing is something: whoever made it meant a manifest. */
async function stampOf(path: string): Promise<string | null> {
  try {
    const there = await lstat(path, { bigint: true })
    const { dev, ino, size, mtimeNs, ctimeNs } = there.isSymbolicLink() ? await stat(path, { bigint: true }) : there
    return [there.ino, dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch (error) {
    const code = errorCode(error)
    // A path that is too long to exist holds no manifest.
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null
    if (code === 'ENOENT' && !(await isLink(path))) return null
    throw error
  }
}

async function isLink(path: string): Promise<boolean> {
  return await lstat(path).then(
    (there) => there.isSymbolicLink(),
    () => false,
  )
}

async function readManifest(path: string): Promise<ManifestFile> {
  let read: FileContents
  try {
    // O_NONBLOCK: a named pipe must not hold us until somebody writes to it.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      read = await contents(file)
    } finally {
      await file.close()
    }
  } catch (error) {
    return unusable(path, `cannot be read (${errorCode(error) ?? String(error)})`)
  }
  if (read.kind === 'refused') return unusable(path, read.reason)
  const { bytes } = read
  const hash = createHash('sha256').update(bytes).digest('hex')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Reported as the problem that it is.
    return { path, hash, content: { kind: 'broken', problem: { line: null, reason: 'is not text in UTF-8' } } }
  }
  // Most folders have no manifest: only those that have one pay for loading the parser.
  const { parseManifest } = await import('./parse-manifest.ts')
  return { path, hash, content: parseManifest(text) }
}

/** The bytes of a manifest, or why they are not taken. */
type FileContents = { kind: 'read'; bytes: Buffer } | { kind: 'refused'; reason: string }

/** Reads a manifest. A file that grows meanwhile is cut off by its size, too. */
async function contents(file: FileHandle): Promise<FileContents> {
  if (!(await file.stat()).isFile()) return { kind: 'refused', reason: 'is not a regular file' }
  const buffer = Buffer.alloc(LARGEST + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length)
    length += bytesRead
    if (length > LARGEST) {
      return { kind: 'refused', reason: `is too large: a manifest has at most ${LARGEST} bytes` }
    }
    if (bytesRead === 0) return { kind: 'read', bytes: buffer.subarray(0, length) }
  }
}

function unusable(path: string, reason: string): ManifestFile {
  return { path, hash: '', content: { kind: 'broken', problem: { line: null, reason } } }
}
