import { type FSWatcher, watch } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { SessionEntry } from '#shared/session-entry.ts'

const BLOCK = 256 * 1024
const LINE_FEED = 10

interface FollowOptions {
  /** `end` = what comes from now on. */
  from: 'start' | 'end'
  /** Asked at the end of the file; true = stay until there is more. */
  stays(): boolean
  /** Tells when `stays` may have changed. */
  onChange(listener: () => void): () => void
}

/**
 * The entries of a journal in order, while somebody writes it or not. Memory does not grow with its length. What is no
 * entry is left out. Rejects with the system's error.
 */
export async function* followEntries(
  path: string,
  { from, stays, onChange }: FollowOptions,
): AsyncGenerator<SessionEntry> {
  const file = await open(path, 'r')
  const changes = new Changes(path, onChange)
  const block = Buffer.alloc(BLOCK)
  try {
    let position = from === 'start' ? 0 : await lastLineStart(file)
    let rest: Buffer = Buffer.alloc(0)
    for (;;) {
      // Asked before the end is looked for: what was written before the answer is read after it.
      const mayGrow = stays()
      const { bytesRead } = await file.read(block, 0, BLOCK, position)
      position += bytesRead
      const bytes = rest.length > 0 ? Buffer.concat([rest, block.subarray(0, bytesRead)]) : block.subarray(0, bytesRead)
      const whole = bytes.lastIndexOf(LINE_FEED) + 1
      // Copied: the block is read into again.
      rest = Buffer.from(bytes.subarray(whole))
      for (const line of bytes.subarray(0, whole).toString('utf8').split('\n')) {
        const entry = line === '' ? null : SessionEntry.safeParse(parsed(line))
        if (entry?.success) yield entry.data
      }
      if (bytesRead > 0) continue
      if (!mayGrow) return
      await changes.next()
    }
  } finally {
    changes.close()
    await file.close()
  }
}

/** Of the file, or of whether somebody still writes it; none that comes while nobody waits is lost. */
class Changes {
  readonly #watcher: FSWatcher
  readonly #stop: () => void
  #pending = false
  #wake: (() => void) | undefined

  constructor(path: string, onChange: FollowOptions['onChange']) {
    const changed = () => {
      this.#pending = true
      this.#wake?.()
    }
    this.#watcher = watch(path, changed)
    this.#stop = onChange(changed)
  }

  async next(): Promise<void> {
    if (!this.#pending)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.#pending = false
    this.#wake = undefined
  }

  close(): void {
    this.#watcher.close()
    this.#stop()
    this.#wake?.()
  }
}

async function lastLineStart(file: FileHandle): Promise<number> {
  const block = Buffer.alloc(BLOCK)
  for (let end = (await file.stat()).size; end > 0; end -= BLOCK) {
    const start = Math.max(0, end - BLOCK)
    const { bytesRead } = await file.read(block, 0, end - start, start)
    const at = block.subarray(0, bytesRead).lastIndexOf(LINE_FEED)
    if (at >= 0) return start + at + 1
  }
  return 0
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Not an entry: left out.
    return undefined
  }
}
