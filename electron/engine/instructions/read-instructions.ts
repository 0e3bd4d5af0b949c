import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises'
import { isAbsolute, relative, sep } from 'node:path'
import { errorCode } from '../lib/storage-failure.ts'

/** Bytes. Instructions are written by hand, and only 8 KB of them reach the model at once. */
export const LARGEST_FILE = 64 * 1024

/** What stands at a place. `problem`: why it is not taken, as the end of a sentence about the file. */
export type ReadFile =
  | { kind: 'none' }
  | { kind: 'refused'; problem: string; bytes: number; sha256: string }
  | { kind: 'read'; real: string; text: string; bytes: number; sha256: string }

/**
 * Reads a file of text whose real place is inside of `within`; null = it may lie anywhere. It reads at most `LARGEST_FILE`
 * bytes and never waits for a pipe. A file that cannot be taken is told with its problem; nothing is thrown for it.
 */
export async function readInstructions(path: string, within: string | null): Promise<ReadFile> {
  try {
    const real = await realpath(path)
    if (within !== null && !isBelow(within, real)) return refused('leads out of the folder')
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      return await readOpened(file, real)
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return { kind: 'none' }
    return refused(code === 'ENXIO' ? NO_FILE : `cannot be read (${code ?? String(error)})`)
  }
}

/** Whether a real path lies below a real folder. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

const NO_FILE = 'is no regular file'

async function readOpened(file: FileHandle, real: string): Promise<ReadFile> {
  const stats = await file.stat()
  if (!stats.isFile()) return refused(NO_FILE)
  // A folder on the way may have become a link since it was looked at.
  const now = await lstat(real)
  if (now.ino !== stats.ino || now.dev !== stats.dev || (await realpath(real)) !== real) return refused('was moved')
  const buffer = Buffer.alloc(LARGEST_FILE + 1)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, bytes, buffer.length - bytes)
    bytes += bytesRead
    if (bytes > LARGEST_FILE) return refused(`is larger than ${LARGEST_FILE} bytes`, Math.max(bytes, stats.size))
    if (bytesRead === 0) break
  }
  const content = buffer.subarray(0, bytes)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const text = textOf(content)
  if (text === null) return refused('is not text in UTF-8', bytes, sha256)
  return { kind: 'read', real, text, bytes, sha256 }
}

function textOf(content: Uint8Array): string | null {
  if (content.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    // It is told as the problem that it is.
    return null
  }
}

function refused(problem: string, bytes = 0, sha256 = ''): ReadFile {
  return { kind: 'refused', problem, bytes, sha256 }
}
