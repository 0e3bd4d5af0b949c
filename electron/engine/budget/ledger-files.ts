import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FailureError } from '#shared/failure.ts'
import { LineCutter } from '../lib/line-cutter.ts'
import { errorCode, storageFailure } from '../lib/storage-failure.ts'

const CHUNK_BYTES = 1 << 20
const NAME = /^(\d{4}-\d{2})\.jsonl$/

/** Where a ledger keeps its lines; files, or what stands in for them in a test. */
export type LedgerStore = Pick<LedgerFiles, 'folder' | 'append' | 'read' | 'months' | 'prepare' | 'close'>

/** `<yyyy-mm>.jsonl` of the ledger's folder: every process appends to it, nobody changes what is there. */
export class LedgerFiles {
  readonly folder: string
  #appending: { month: string; handle: Promise<FileHandle> } | null = null

  constructor(folder: string) {
    this.folder = folder
  }

  /** Appends lines in one write, which the system puts behind all that is there. `FailureError` `storage`. */
  async append(month: string, text: string): Promise<void> {
    try {
      const handle = await this.#open(month)
      const bytes = Buffer.from(text)
      const { bytesWritten } = await handle.write(bytes)
      // The rest would stand behind what others wrote meanwhile: as a whole it is readable again.
      if (bytesWritten < bytes.length) await handle.writeFile(bytes)
    } catch (error) {
      throw new FailureError(storageFailure('write down what was spent', error), { cause: error })
    }
  }

  /**
   * Hands each whole line behind `offset` to `onLine` and tells where the next one begins. A month without a file has no
   * lines. `FailureError` `storage`.
   */
  async read(month: string, offset: number, onLine: (text: string) => void): Promise<number> {
    try {
      const handle = await open(this.#path(month), 'r')
      try {
        return await readLines(handle, offset, onLine)
      } finally {
        await handle.close()
      }
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return offset
      throw new FailureError(storageFailure('read what was spent', error), { cause: error })
    }
  }

  /** The months that have a file, the oldest first. `FailureError` `storage`. */
  async months(): Promise<string[]> {
    try {
      const names = await readdir(this.folder)
      return names.flatMap((name) => NAME.exec(name)?.[1] ?? []).sort()
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return []
      throw new FailureError(storageFailure('read what was spent', error), { cause: error })
    }
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 })
  }

  async close(): Promise<void> {
    const { handle } = this.#appending ?? {}
    this.#appending = null
    // One that never opened has said so to who wanted to append.
    await handle?.then((file) => file.close()).catch(() => undefined)
  }

  async #open(month: string): Promise<FileHandle> {
    if (this.#appending?.month === month) return this.#appending.handle
    await this.close()
    const handle = this.prepare().then(() => open(this.#path(month), 'a', 0o600))
    const opening = { month, handle }
    this.#appending = opening
    // The next line tries again: there may be room by then.
    handle.catch(() => {
      if (this.#appending === opening) this.#appending = null
    })
    return handle
  }

  #path(month: string): string {
    return join(this.folder, `${month}.jsonl`)
  }
}

async function readLines(handle: FileHandle, start: number, onLine: (text: string) => void): Promise<number> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  const lines = new LineCutter()
  let position = start
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, position)
    if (bytesRead === 0) return start + lines.wholeBytes
    position += bytesRead
    for (const { text } of lines.feed(chunk.subarray(0, bytesRead))) if (text !== '') onLine(text)
  }
}
