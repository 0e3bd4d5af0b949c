import { type FileHandle, open } from 'node:fs/promises'
import { SessionEntry } from '#shared/session/session-entry.ts'
import { LineCutter, lineValue } from '../lib/line-cutter.ts'
import { watchPath } from '../lib/watch-path.ts'

const BLOCK = 256 * 1024
const LINE_FEED = 10
/** How often is looked where the system tells of no changes. Milliseconds. */
const LOOK_MS = 500

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
    const lines = new LineCutter()
    for (;;) {
      // Asked before the end is looked for: what was written before the answer is read after it.
      const mayGrow = stays()
      const { bytesRead } = await file.read(block, 0, BLOCK, position)
      position += bytesRead
      for (const line of lines.feed(block.subarray(0, bytesRead))) {
        const entry = SessionEntry.safeParse(lineValue(line))
        if (entry.success) yield entry.data
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
  readonly #watcher: { close(): void }
  readonly #stop: () => void
  #poll: NodeJS.Timeout | undefined
  #pending = false
  #wake: (() => void) | undefined

  constructor(path: string, onChange: FollowOptions['onChange']) {
    const changed = () => {
      this.#pending = true
      this.#wake?.()
    }
    this.#watcher = watchPath(path, {
      keepsAlive: true,
      onChange: changed,
      onLost: () => {
        this.#poll = setInterval(changed, LOOK_MS)
      },
    })
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
    clearInterval(this.#poll)
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
