import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { chmod, chown, type FileHandle, lstat, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { errorCode } from '../../lib/storage-failure.ts'

const execFileAsync = promisify(execFile)

/**
 * Puts a file in place whole or not at all, with rights and attributes of the one that was there (`before`, null = none).
 * false = something else is there by now, and it was left alone. Throws the system's error.
 */
export async function putInPlace(target: string, bytes: Uint8Array, before: Stats | null): Promise<boolean> {
  const temporary = join(dirname(target), `.claw-${randomUUID().slice(0, 8)}.tmp`)
  try {
    const hasAttributes = before !== null && (await copyAttributes(target, temporary))
    const flags = hasAttributes ? constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW : 'wx'
    const file = await open(temporary, flags, before ? before.mode & 0o777 : 0o666)
    try {
      await file.writeFile(bytes)
    } finally {
      await file.close()
    }
    if (before) await keepRights(temporary, before)
    const isUnchanged = await unchangedSince(target, before)
    if (isUnchanged) await rename(temporary, target)
    else await rm(temporary, { force: true })
    return isUnchanged
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/**
 * Writes into the file that is there: links to it, its mount and its attributes stay. A disk that becomes full is met
 * before anything old is overwritten. false = something else is there by now. Throws the system's error.
 */
export async function overwriteFile(
  target: string,
  bytes: Uint8Array,
  before: { bytes: Uint8Array; stats: Stats },
): Promise<boolean> {
  const file = await open(target, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const now = await file.stat()
    if (!isSame(now, before.stats)) return false
    const old = before.bytes.length
    try {
      await writeAt(file, bytes.subarray(old), old)
      await writeAt(file, bytes.subarray(0, old), 0)
      await file.truncate(bytes.length)
    } catch (error) {
      // As it was; where that fails as well, the first failure says why.
      await writeAt(file, before.bytes, 0).then(
        () => file.truncate(old),
        () => undefined,
      )
      throw error
    }
    return true
  } finally {
    await file.close()
  }
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/**
 * An empty file with all that the system keeps beside a file's content: extended attributes, access lists, labels. Only
 * the copy program of GNU can do it, and where it is missing they are lost, as with most editors.
 */
async function copyAttributes(from: string, to: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  try {
    await execFileAsync('cp', ['--attributes-only', '--preserve=all', '--no-dereference', '--', from, to])
    return true
  } catch {
    // A system without such a `cp`, or a disk that keeps none of it.
    await rm(to, { force: true })
    return false
  }
}

async function unchangedSince(target: string, before: Stats | null): Promise<boolean> {
  const now = await lstat(target).catch((error) => {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  })
  return now && before ? isSame(now, before) : now === before
}

function isSame(now: Stats, before: Stats): boolean {
  return now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs && now.isFile()
}

async function keepRights(temporary: string, before: Stats): Promise<void> {
  await chown(temporary, before.uid, before.gid).catch((error) => {
    // Only the superuser may give files away; anybody else becomes the owner of what they write.
    if (errorCode(error) !== 'EPERM') throw error
  })
  await chmod(temporary, before.mode & 0o7777)
}
