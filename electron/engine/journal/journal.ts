import { constants, createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { FailureError, failure } from '#shared/failure.ts'
import { TurnId } from '#shared/ids.ts'
import { JOURNAL_VERSION, SessionEntry } from '#shared/session/session-entry.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import { type Line, LineCutter } from './line-cutter.ts'

/** What a journal file held. */
export interface JournalContent {
  entries: SessionEntry[]
  /** Bytes up to the end of the last whole line; what stands behind it is a line that was cut while it was written. */
  wholeBytes: number
  tornBytes: number
  /** Whole lines that are no entries, as the kinds of entry that they say they are: kept in the file, left out of the state. */
  unreadable: string[]
}

/**
 * Reads a journal. A torn last line is not an error: the process died while writing it. A message of the person that
 * cannot be read leaves a word in its place, so that what follows it still has a turn.
 * `FailureError` `storage`: not readable, empty of entries, or written by a newer version of the app.
 */
export async function readJournal(path: string): Promise<JournalContent> {
  const content: JournalContent = { entries: [], wholeBytes: 0, tornBytes: 0, unreadable: [] }
  const lines = new LineCutter()
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      for (const line of lines.feed(chunk)) takeLine(line, content)
      const lastNewline = chunk.lastIndexOf(10)
      if (lastNewline >= 0) content.wholeBytes = bytes + lastNewline + 1
      bytes += chunk.length
    }
  } catch (error) {
    if (error instanceof FailureError) throw error
    throw new FailureError(storageFailure('read a session', error), { cause: error })
  }
  content.tornBytes = bytes - content.wholeBytes
  return content
}

/** What the person has to know of a journal that was not whole; null = nothing. */
export function repairNotice({
  unreadable,
  tornBytes,
}: Pick<JournalContent, 'unreadable' | 'tornBytes'>): string | null {
  const { length } = unreadable
  if (length > 0) {
    const lines = length === 1 ? "A line of this session's journal" : `${length} lines of this session's journal`
    const lost = new Set(unreadable.map((type) => lostWords[type] ?? 'something that cannot be told any more'))
    return `${lines} could not be read and ${length === 1 ? 'was' : 'were'} left out: ${[...lost].join(', ')}. The file is kept as it is.`
  }
  return tornBytes > 0 ? 'The app was ended while it wrote; the last, unfinished event was dropped.' : null
}

const lostWords: Readonly<Record<string, string>> = {
  'turn-start': 'a message of yours',
  'follow-up': 'a message of yours',
  'text-delta': 'part of an answer',
  'reasoning-delta': 'part of a thought',
  'model-call-end': 'what the model called',
  'tool-start': 'a call of a tool',
  'tool-end': 'what a tool gave back',
  usage: 'a count of tokens',
  compaction: 'a summary',
  'turn-end': 'the end of a turn',
}

function takeLine({ text, isTooLong }: Line, content: JournalContent): void {
  const value = isTooLong ? undefined : parse(text)
  const entry = SessionEntry.safeParse(value)
  if (entry.success) {
    content.entries.push(entry.data)
    return
  }
  refuseNewerVersion(value)
  const type = /"type":"([a-z-]{1,40})"/.exec(text.slice(0, 200))?.[1] ?? ''
  content.unreadable.push(type)
  const last = content.entries.at(-1)
  if (type === 'turn-start' && last) content.entries.push(lostMessage(text, last))
}

/** Stands for a message that cannot be read. */
function lostMessage(line: string, { seq, at }: SessionEntry): SessionEntry {
  const turnId = TurnId.safeParse(/"turnId":"(\w+)"/.exec(line.slice(0, 200))?.[1])
  return {
    type: 'turn-start',
    seq: seq + 1,
    at,
    turnId: turnId.data ?? TurnId.parse('0'.repeat(10)),
    text: '(This message could not be read from the journal.)',
    facts: '',
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    // Counted as unreadable by the caller.
    return undefined
  }
}

function refuseNewerVersion(value: unknown): void {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'session-start') return
  if ('version' in value && typeof value.version === 'number' && value.version > JOURNAL_VERSION) {
    throw new FailureError(
      failure(
        'storage',
        'A newer version of the app wrote this session. Update the app to open it; the file is untouched.',
      ),
    )
  }
}

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
    this.#waiting.push(`${JSON.stringify(entry)}\n`)
    if (!this.#writing) this.#start().catch((error: FailureError) => this.#onFailure(error))
  }

  /** Resolves when all entries so far are in the file; rejects with `FailureError` `storage`. */
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
}
