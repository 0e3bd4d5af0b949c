import { open, readdir } from 'node:fs/promises'

/** More than any program of ours has open. */
const MOST_FILES = 1024

/**
 * A child inherits what is not marked as ours alone: of Electron sockets, pipes and the display, of a shell its locks. So
 * each number from `first` on is given to nothing instead: `start` gets what to append to its `stdio`.
 */
export async function withCover<T>(first: number, start: (cover: readonly number[]) => T): Promise<T> {
  const files = await readdir('/dev/fd').catch(() => null)
  // Not a system that works that way.
  if (!files) return start([])
  const nullDevice = await open('/dev/null', 'r+')
  try {
    // Some more: meanwhile other threads open files.
    const last = Math.min(MOST_FILES, Math.max(...files.map(Number)) + 16)
    return start(Array.from({ length: Math.max(0, last - first + 1) }, () => nullDevice.fd))
  } finally {
    await nullDevice.close()
  }
}
