import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs'
import { mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { errorCode } from './storage-failure.ts'

/**
 * Replaces a file whole or not at all: written beside, flushed, renamed. Private to the user (0600, a new folder 0700).
 * `flush: false` for what may be older after a power cut. Rejects with the system's error.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  { flush = true } = {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(content)
      if (flush) await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/**
 * Saves to a place that a person chose: what a link leads to is replaced and not the link, and what is no file, such as a
 * pipe or a device, is written into. Rejects with the system's error.
 */
export async function saveFile(path: string, content: string): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const there = await stat(target).catch(() => null)
  if (there && !there.isFile()) await writeFile(target, content)
  else await writeFileAtomic(target, content)
}

/** With callbacks inside: for files as small as ours it takes half of the processor that `fs/promises` does, and lists have many. */
const readSmallFile = promisify(readFile)

/** The text of a file, or null if there is none. Rejects with any other error of the system. */
export async function readFileIfThere(path: string): Promise<string | null> {
  try {
    return await readSmallFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}
