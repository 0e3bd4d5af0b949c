import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, chmod, chown, type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../lib/storage-failure.ts'
import { type Place, withFolder, withMadeFolder } from './contained-path.ts'
import { ToolProblem } from './tool-problem.ts'
import type { Workspace } from './workspace.ts'

/** What a tool takes into memory whole, in bytes. */
const WHOLE_FILE_LIMIT = 10_000_000

/** Opens a regular file for reading, closes it afterwards. Throws `ToolProblem` or the system's error. */
export async function withFile<Value>(
  workspace: Workspace,
  place: Place,
  use: (file: FileHandle, stats: Stats) => Promise<Value>,
): Promise<Value> {
  return await withFolder(workspace, parentOf(workspace, place), (folder) =>
    readOpened(join(folder, basename(place.real)), place, use),
  )
}

async function readOpened<Value>(
  path: string,
  place: Place,
  use: (file: FileHandle, stats: Stats) => Promise<Value>,
): Promise<Value> {
  // O_NONBLOCK: a named pipe must not hold us until somebody writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
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

/** null if there is none. */
export async function readWhole(workspace: Workspace, place: Place): Promise<WholeFile | null> {
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
export function assertWritable(place: Place): void {
  if (place.shown.toLowerCase().split(/[/\\]/).includes('.git')) {
    throw new ToolProblem('Files of the .git folder are not written by tools. Use git commands.', 'in the .git folder')
  }
}

/**
 * Puts a file in place whole or not at all, with the rights it had; makes missing folders. `before` is what the caller
 * read: if something else is there by now, it is left alone and the answer is false. Throws `ToolProblem` or the
 * system's error.
 */
export async function replaceFile(
  workspace: Workspace,
  place: Place,
  bytes: Uint8Array,
  before: WholeFile | null,
): Promise<boolean> {
  assertWritable(place)
  return await withMadeFolder(workspace, parentOf(workspace, place), async (folder) => {
    const target = join(folder, basename(place.real))
    const temporary = join(folder, `.claw-${randomUUID().slice(0, 8)}.tmp`)
    const now = await statsIfSame(target, place, before)
    if (now === 'other') return false
    if (now) await access(target, constants.W_OK)
    try {
      const file = await open(temporary, 'wx', now ? now.mode & 0o777 : 0o666)
      try {
        await file.writeFile(bytes)
      } finally {
        await file.close()
      }
      if (now) await keepRights(temporary, now)
      const isThere = await unchangedSince(target, now)
      if (isThere) await rename(temporary, target)
      else await rm(temporary, { force: true })
      return isThere
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  })
}

/** What stands there now, if it holds what was read before; null = nothing, as before. */
async function statsIfSame(target: string, place: Place, before: WholeFile | null): Promise<Stats | null | 'other'> {
  try {
    return await readOpened(target, place, async (file, stats) => {
      const isSame = stats.size === before?.bytes.length && before.bytes.equals(await file.readFile())
      return isSame ? stats : 'other'
    })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
    return before ? 'other' : null
  }
}

async function unchangedSince(target: string, before: Stats | null): Promise<boolean> {
  const now = await lstat(target).catch((error) => {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  })
  if (!now || !before) return now === before
  return now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs && now.isFile()
}

async function keepRights(temporary: string, before: Stats): Promise<void> {
  await chown(temporary, before.uid, before.gid).catch((error) => {
    // Only the superuser may give files away; anybody else becomes the owner of what they write.
    if (errorCode(error) !== 'EPERM') throw error
  })
  await chmod(temporary, before.mode & 0o7777)
}

function parentOf(workspace: Workspace, place: Place): string {
  if ([workspace.root, ...workspace.addedFolders].includes(place.real)) throw isFolder(place)
  return dirname(place.real)
}

function isFolder(place: Place): ToolProblem {
  return new ToolProblem(`${place.shown} is a folder, not a file. Use list_dir.`, 'is a folder')
}

function assertRegular(stats: Stats, place: Place): void {
  if (stats.isFile()) return
  if (stats.isDirectory()) throw isFolder(place)
  throw new ToolProblem(`${place.shown} is not a regular file.`, 'not a regular file')
}
