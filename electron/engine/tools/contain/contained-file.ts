import { constants, type Stats } from 'node:fs'
import { access, type FileHandle, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../../lib/storage-failure.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import type { Workspace } from '../contract/workspace.ts'
import { type ContainedPath, withFolder, withMadeFolder } from './contained-path.ts'
import { overwriteFile, putInPlace } from './put-file.ts'

/** What a tool takes into memory whole, in bytes. */
export const WHOLE_FILE_LIMIT = 10_000_000

/** Opens a regular file for reading, closes it afterwards. Throws `ToolProblem` or the system's error. */
export async function withFile<Value>(
  workspace: Workspace,
  place: ContainedPath,
  use: (file: FileHandle, stats: Stats) => Promise<Value>,
): Promise<Value> {
  return await withFolder(workspace, parentOf(workspace, place), (folder) =>
    readOpened(join(folder, basename(place.real)), place, use),
  )
}

async function readOpened<Value>(
  path: string,
  place: ContainedPath,
  use: (file: FileHandle, stats: Stats) => Promise<Value>,
): Promise<Value> {
  // O_NONBLOCK: a named pipe must not hold us until somebody writes to it. A socket cannot be opened at all.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
    throw errorCode(error) === 'ENXIO' ? notRegular(place) : error
  })
  try {
    const stats = await file.stat()
    assertRegular(stats, place)
    return await use(file, stats)
  } finally {
    await file.close()
  }
}

/** A file and what it was when it was read. */
export interface WholeFile {
  bytes: Buffer<ArrayBuffer>
  stats: Stats
}

/** Reads all of a file; null = there is none. */
export async function readWhole(workspace: Workspace, place: ContainedPath): Promise<WholeFile | null> {
  if (!place.exists) return null
  return await withFile(workspace, place, async (file, stats) => {
    if (stats.size > WHOLE_FILE_LIMIT) {
      throw new ToolProblem(
        `${place.shown} is too large to change at once (${stats.size} bytes). Use bash.`,
        'too large',
      )
    }
    return await readAll(file, stats)
  })
}

async function readAll(file: FileHandle, stats: Stats): Promise<WholeFile> {
  return { bytes: await file.readFile(), stats }
}

/** Git runs what is in its folder: no tool writes there. */
export function assertWritable(place: ContainedPath): void {
  if (place.shown.toLowerCase().split(/[/\\]/).includes('.git')) {
    throw new ToolProblem('Files of the .git folder are not written by tools. Use git commands.', 'in the .git folder')
  }
}

/**
 * Writes a file, with the rights and attributes it had; makes missing folders. It is put in place whole or not at all,
 * unless that would cut a hard link or the system does not let anybody put a file there: then what stands there is
 * overwritten. `before` is what the caller read: if something else is there by now, it is left alone and the answer is
 * false. Throws `ToolProblem` or the system's error.
 */
export async function replaceFile(
  workspace: Workspace,
  place: ContainedPath,
  bytes: Uint8Array,
  before: WholeFile | null,
): Promise<boolean> {
  assertWritable(place)
  return await withMadeFolder(workspace, parentOf(workspace, place), async (folder) => {
    const target = join(folder, basename(place.real))
    const now = await compareWith(before, target, place)
    if (now.kind === 'other') return false
    if (now.kind === 'nothing') return await putInPlace(target, bytes, null)
    await access(target, constants.W_OK)
    const old = { bytes: now.bytes, stats: now.stats }
    if (now.stats.nlink > 1) return await overwriteFile(target, bytes, old)
    try {
      return await putInPlace(target, bytes, now.stats)
    } catch (error) {
      if (!CANNOT_BE_PUT.has(errorCode(error) ?? '')) throw error
      return await overwriteFile(target, bytes, old)
    }
  })
}

/** The folder is not writable, or the file is a mount of its own. */
const CANNOT_BE_PUT = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV'])

/** What a path holds, compared with what was read of it: the same bytes, nothing as before, or something else. */
type Found = { kind: 'same'; bytes: Buffer; stats: Stats } | { kind: 'nothing' } | { kind: 'other' }

async function compareWith(before: WholeFile | null, target: string, place: ContainedPath): Promise<Found> {
  try {
    return await readOpened(target, place, async (file, stats): Promise<Found> => {
      if (!before || stats.size !== before.bytes.length) return { kind: 'other' }
      const isSame = before.bytes.equals(await file.readFile())
      return isSame ? { kind: 'same', bytes: before.bytes, stats } : { kind: 'other' }
    })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    return { kind: before ? 'other' : 'nothing' }
  }
}

function parentOf(workspace: Workspace, place: ContainedPath): string {
  if ([workspace.root, ...workspace.addedFolders].includes(place.real)) throw isFolder(place)
  return dirname(place.real)
}

function isFolder(place: ContainedPath): ToolProblem {
  return new ToolProblem(`${place.shown} is a folder, not a file. Use list_dir.`, 'is a folder')
}

function assertRegular(stats: Stats, place: ContainedPath): void {
  if (stats.isFile()) return
  if (stats.isDirectory()) throw isFolder(place)
  throw notRegular(place)
}

/** A pipe, a socket, a device. */
function notRegular(place: ContainedPath): ToolProblem {
  return new ToolProblem(`${place.shown} is not a regular file.`, 'not a regular file')
}
