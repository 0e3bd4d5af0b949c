import { parseJson } from '#shared/lib/json.ts'

/** What a line may measure where its reader names nothing else. Bytes. */
const LINE_LIMIT = 32 * 1024 * 1024
/** What is kept of a line that is too long, so that somebody can tell what it was. Bytes. */
const BEGINNING = 256
const LINE_FEED = 10

/** A line without its line feed; of one that is too long, the beginning. */
export interface Line {
  text: string
  isTooLong: boolean
}

/** The JSON value that a line stands for; undefined = it is too long, torn or no JSON at all. */
export function lineValue({ text, isTooLong }: Line): unknown {
  return isTooLong ? undefined : parseJson(text)
}

/** Cuts bytes that come in pieces into lines, in time and memory that grow with what comes and not with its square. */
export class LineCutter {
  readonly #limit: number
  /** Of the line whose end has not come. */
  #parts: Buffer[] = []
  #length = 0
  #wholeBytes = 0

  /** `limit`: the bytes that a line may measure. A longer one is passed over and never held. */
  constructor(limit = LINE_LIMIT) {
    this.#limit = limit
  }

  /** Bytes up to the end of the last whole line; what came behind it is a line whose end has not come. */
  get wholeBytes(): number {
    return this.#wholeBytes
  }

  /** Whether the line whose end has not come is too long already. */
  get isTooLong(): boolean {
    return this.#length > this.#limit
  }

  /** The lines that end in this piece, which may be written over once all of them were read. */
  *feed(piece: Buffer): Generator<Line> {
    const first = piece.indexOf(LINE_FEED)
    const last = piece.lastIndexOf(LINE_FEED)
    let begun: Line | null = null
    if (last >= 0) this.#wholeBytes += this.#length + last + 1
    if (first >= 0 && this.#length > 0) {
      this.#keep(piece.subarray(0, first))
      begun = this.end()
    }
    const from = begun ? first + 1 : 0
    if (last + 1 < piece.length) this.#keep(Buffer.from(piece.subarray(last + 1)))
    if (begun) yield begun
    if (last >= from) yield* linesOf(piece.subarray(from, last), this.#limit)
  }

  /** What came behind the last whole line, as a line: of a file that grows it is torn, of an answer it may be the last one. */
  end(): Line {
    const line = lineOf(this.#parts, this.#length, this.#limit)
    this.#parts = []
    this.#length = 0
    return line
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    this.#parts.push(part)
    if (this.#length > this.#limit) this.#parts = [beginning(this.#parts)]
  }
}

function* linesOf(whole: Buffer, limit: number): Generator<Line> {
  if (whole.length > limit) {
    for (let from = 0, end = 0; end >= 0; from = end + 1) {
      end = whole.indexOf(LINE_FEED, from)
      const line = whole.subarray(from, end < 0 ? undefined : end)
      yield lineOf([line], line.length, limit)
    }
    return
  }
  // As one string: to cut that is much quicker than to make a string of the bytes of each.
  const text = whole.toString('utf8')
  for (let from = 0, end = 0; end >= 0; from = end + 1) {
    end = text.indexOf('\n', from)
    yield { text: text.slice(from, end < 0 ? undefined : end), isTooLong: false }
  }
}

/** The same from the end of a file to its beginning: pieces in front of what is held, lines from the last one on. */
export class BackwardLineCutter {
  /** In the order of the file. */
  #parts: Buffer[] = []
  #length = 0

  /** What is held, as a line; nothing is held any more. */
  end(): Line {
    const line = lineOf(this.#parts, this.#length, LINE_LIMIT)
    this.#parts = []
    this.#length = 0
    return line
  }

  /** The lines that begin in this piece, the last one first; what stands before its first line feed may begin earlier. */
  *feed(piece: Buffer): Generator<Line> {
    let end = piece.length
    for (let at = piece.lastIndexOf(LINE_FEED); at >= 0; at = end > 0 ? piece.lastIndexOf(LINE_FEED, end - 1) : -1) {
      this.#keep(piece.subarray(at + 1, end))
      end = at
      yield this.end()
    }
    this.#keep(piece.subarray(0, end))
  }

  #keep(part: Buffer): void {
    this.#length += part.length
    this.#parts.unshift(part)
    if (this.#length > LINE_LIMIT) this.#parts = [beginning(this.#parts)]
  }
}

function lineOf(parts: readonly Buffer[], length: number, limit: number): Line {
  const isTooLong = length > limit
  return { text: (isTooLong ? beginning(parts) : Buffer.concat(parts)).toString('utf8'), isTooLong }
}

/** A copy, so that nothing of the rest is held. */
function beginning(parts: readonly Buffer[]): Buffer {
  const found = Buffer.alloc(BEGINNING)
  let length = 0
  for (const part of parts) {
    if (length === BEGINNING) break
    length += part.copy(found, length)
  }
  return found.subarray(0, length)
}
