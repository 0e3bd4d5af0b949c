import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { FailureError } from '#shared/failure.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import { storageFailure } from '../lib/storage-failure.ts'

/**
 * The append-only file of one session. Entries are written in order, as many at once as are waiting. After a failure
 * nothing is lost: the file is cut back to its last whole line, what waits stays in memory, and the next `append`
 * or `flush` tries again.
 */
export class Journal {
  readonly #handle: FileHandle
  readonly #onFailure: (error: FailureError) => void
  #length: number
  #waiting: string[] = []
  #writing: Promise<void> | null = null
  #closed = false
  /** An entry has parts: the file must say that it is of the version that has them. */
  #hasParts = false

  private constructor(handle: FileHandle, length: number, onFailure: (error: FailureError) => void) {
    this.#handle = handle
    this.#length = length
    this.#onFailure = onFailure
  }

  /** Opens for appending behind `wholeBytes`, cutting off a torn line. `onFailure` hears of writes that failed later. */
  static async open(
    path: string,
    wholeBytes: number,
    onFailure: (error: FailureError) => void,
    openFile: typeof open = open,
  ): Promise<Journal> {
    try {
      const handle = await openFile(path, constants.O_RDWR | constants.O_CREAT, 0o600)
      if ((await handle.stat()).size > wholeBytes) await handle.truncate(wholeBytes)
      return new Journal(handle, wholeBytes, onFailure)
    } catch (error) {
      throw new FailureError(storageFailure('open a session for writing', error), { cause: error })
    }
  }

  /** Never throws; a failed write is told to `onFailure` and by the next `flush`. */
  append(entry: SessionEntry): void {
    if (this.#closed) throw new Error('The journal is closed.')
    this.#hasParts ||= 'parts' in entry && entry.parts !== undefined
    this.#waiting.push(`${JSON.stringify(entry)}\n`)
    if (!this.#writing) this.#start().catch((error: FailureError) => this.#onFailure(error))
  }

  /** Writes what waits: resolves when all entries so far are in the file; rejects with `FailureError` `storage`. */
  async flush(): Promise<void> {
    // A write that failed was already told to `onFailure`; what counts here is whether the entries get in now.
    await this.#writing?.catch(() => undefined)
    if (this.#waiting.length > 0) await (this.#writing ?? this.#start())
  }

  async close(): Promise<void> {
    this.#closed = true
    try {
      await this.flush()
    } finally {
      await this.#handle.close()
    }
  }

  /** There is one writer at a time; what is appended meanwhile goes with its next batch. */
  #start(): Promise<void> {
    this.#writing = this.#drain().finally(() => {
      this.#writing = null
    })
    return this.#writing
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      await this.#write(batch)
    }
  }

  async #write(lines: string[]): Promise<void> {
    const bytes = Buffer.from(lines.join(''))
    try {
      if (this.#hasParts) await this.#markParts()
      let written = 0
      while (written < bytes.length) {
        written += (await this.#handle.write(bytes, written, bytes.length - written, this.#length + written))
          .bytesWritten
      }
      this.#length += bytes.length
    } catch (error) {
      this.#waiting.unshift(...lines)
      // A half-written line must not be followed by a whole one. If even this fails, the next open cuts it off.
      await this.#handle.truncate(this.#length).catch(() => undefined)
      throw new FailureError(storageFailure('write the session', error), { cause: error })
    }
  }

  /** Before the first entry with parts is in the file: a build that does not know them refuses it, and loses nothing. */
  async #markParts(): Promise<void> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(200), 0, 200, 0)
    const at = buffer.toString('latin1', 0, bytesRead).indexOf(VERSION_1)
    if (at >= 0) await this.#handle.write('2', at + VERSION_1.indexOf('1'))
    // The beginning itself may still wait.
    this.#hasParts = bytesRead === 0
  }
}

/** In the first entry, before anything that a person or a folder names. */
const VERSION_1 = '"version":1,'
