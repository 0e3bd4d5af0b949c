import { createReadStream } from 'node:fs'
import { FailureError, failure } from '#shared/failure.ts'
import { TurnId } from '#shared/ids.ts'
import { isRecord } from '#shared/lib/json.ts'
import { JOURNAL_VERSION, SessionEntry } from '#shared/session/session-entry.ts'
import { type Line, LineCutter, lineValue } from '../lib/line-cutter.ts'
import { storageFailure } from '../lib/storage-failure.ts'

/** How much of a journal file is read at once. Bytes. */
const PIECE = 1 << 17

/** What a journal file was, beside its entries. */
export interface JournalReading {
  /** Bytes up to the end of the last whole line; what stands behind it is a line that was cut while it was written. */
  wholeBytes: number
  tornBytes: number
  /** Whole lines that are no entries, as the kinds of entry that they say they are: kept in the file, left out of the state. */
  unreadable: string[]
}

/**
 * Reads a journal and hands over one entry after the other, so that a long journal is never in memory as a whole. A torn
 * last line is not an error: the process died while writing it. A message of the person that cannot be read leaves a word
 * in its place, so that what follows it still has a turn.
 * `FailureError` `storage`: not readable, empty of entries, or written by a newer version of the app.
 */
export async function readJournal(path: string, onEntry: (entry: SessionEntry) => void): Promise<JournalReading> {
  const reading: JournalReading = { wholeBytes: 0, tornBytes: 0, unreadable: [] }
  const lines = new LineCutter()
  const reader = new EntryReader(onEntry, reading.unreadable)
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>) {
      for (const line of lines.feed(chunk)) reader.read(line)
      bytes += chunk.length
    }
  } catch (error) {
    if (error instanceof FailureError) throw error
    throw new FailureError(storageFailure('read a session', error), { cause: error })
  }
  reading.wholeBytes = lines.wholeBytes
  reading.tornBytes = bytes - reading.wholeBytes
  return reading
}

/** What the person has to know of a journal that was not whole; null = nothing. */
export function repairNotice({
  unreadable,
  tornBytes,
}: Pick<JournalReading, 'unreadable' | 'tornBytes'>): string | null {
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

/** Makes entries of lines. */
class EntryReader {
  readonly #onEntry: (entry: SessionEntry) => void
  readonly #unreadable: string[]
  #last: SessionEntry | null = null

  constructor(onEntry: (entry: SessionEntry) => void, unreadable: string[]) {
    this.#onEntry = onEntry
    this.#unreadable = unreadable
  }

  read(line: Line): void {
    const value = lineValue(line)
    const delta = deltaOf(value)
    if (delta) {
      this.#give(delta)
      return
    }
    const entry = SessionEntry.safeParse(value)
    if (entry.success) {
      this.#give(entry.data)
      return
    }
    refuseNewerVersion(value)
    const { text } = line
    const type = /"type":"([a-z-]{1,40})"/.exec(text.slice(0, 200))?.[1] ?? ''
    this.#unreadable.push(type)
    if (type === 'turn-start' && this.#last) this.#give(lostMessage(text, this.#last))
  }

  #give(entry: SessionEntry): void {
    this.#last = entry
    this.#onEntry(entry)
  }
}

type Delta = Extract<SessionEntry, { type: 'text-delta' | 'reasoning-delta' }>

/** A piece of an answer as its schema reads it, at a part of the price: most lines of a journal are pieces. null = look closer. */
function deltaOf(value: unknown): Delta | null {
  if (!isRecord(value)) return null
  const { type, seq, at, text } = value
  if ((type !== 'text-delta' && type !== 'reasoning-delta') || typeof text !== 'string') return null
  return isCount(seq) && isCount(at) ? { type, seq, at, text } : null
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
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
