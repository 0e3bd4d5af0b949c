import { type FileHandle, open } from 'node:fs/promises'
import { SessionEntry } from '#shared/session/session-entry.ts'
import { BackwardLineCutter, type Line, lineValue } from '../lib/line-cutter.ts'
import { errorCode } from '../lib/storage-failure.ts'

const BLOCK = 64 * 1024

/**
 * The entries of a journal from its end to its beginning, read as far as they are asked for; what is no entry, and a line
 * that is not whole yet, is left out. A journal that is not there has none. Rejects with the system's error.
 */
export async function* entriesFromEnd(path: string): AsyncGenerator<SessionEntry> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return
    throw error
  }
  try {
    // Bytes, not text: a block may begin in the middle of a character.
    const lines = new BackwardLineCutter()
    let position = (await file.stat()).size
    let isLast = true
    while (position > 0) {
      const length = Math.min(BLOCK, position)
      position -= length
      const block = Buffer.alloc(length)
      await file.read(block, 0, length, position)
      for (const line of lines.feed(block)) {
        // Behind the last line feed there is nothing, or a line that is being written.
        if (!isLast) yield* entryOf(line)
        isLast = false
      }
    }
    if (!isLast) yield* entryOf(lines.end())
  } finally {
    await file.close()
  }
}

function entryOf(line: Line): SessionEntry[] {
  const entry = SessionEntry.safeParse(lineValue(line))
  return entry.success ? [entry.data] : []
}
