import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { z } from 'zod'
import { plainCounted } from '#shared/lib/counted.ts'
import { beginningOf } from '#shared/lib/whole-characters.ts'
import { WHOLE_FILE_LIMIT, withFile } from '../contain/contained-file.ts'
import { assertThere, locate } from '../contain/contained-path.ts'
import { defineTool } from '../contract/define-tool.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { VERSION_LENGTH } from './content-version.ts'
import { encodingNames, sniffEncoding, streamDecoder, type TextEncoding } from './text-encoding.ts'

const MAX_LINES = 2000
/** About 12,000 tokens: more would fill the whole window of many a local model. */
const MAX_CHARACTERS = 50_000
const MAX_LINE = 2000
const CHUNK = 65_536

/**
 * The text as it stands, without line numbers: what the model copies into `edit_file` is then exact, and a file costs a
 * tenth fewer tokens. Lines end in `\n` whatever the file has; `edit_file` puts `\r\n` back.
 */
export const readFileTool = defineTool({
  name: 'read_file',
  description: 'Read a text file. Up to 2000 lines at once; start_line and end_line (from 1, inclusive) choose a part.',
  input: z.object({
    path: z.string(),
    start_line: z.int().min(1).optional(),
    end_line: z.int().min(1).optional(),
  }),
  access: 'read',
  kind: 'read',
  describe: ({ path }) => ({ verb: 'Read', target: path }),
  async run({ path, start_line: first = 1, end_line: last = Number.POSITIVE_INFINITY }, { workspace, signal }) {
    if (last < first) throw new ToolProblem(`end_line ${last} is before start_line ${first}.`, 'wrong lines')
    const place = await locate(workspace, path)
    await assertThere(workspace, place)
    const part = await withFile(workspace, place, (file, { size }) => readPart(file, { first, last, size, signal }))
    if (!part) throw new ToolProblem(`${place.shown} is a binary file.`, 'binary file')
    const seen = (lines?: { first: number; last: number; of: number }) =>
      part.version === null ? {} : { file: { path: place.shown, version: part.version, ...(lines && { lines }) } }
    if (part.count === 0) {
      if (part.seen === 0) return { ok: true, output: '(the file is empty)', summary: 'empty', ...seen() }
      throw new ToolProblem(
        `${place.shown} has ${plainCounted(part.seen, 'line')}; line ${first} is past its end.`,
        'past the end',
      )
    }
    const end = first + part.count - 1
    const all = first === 1 && part.ended && end === part.seen
    const notes = [
      !all && `lines ${first}-${end}${part.ended ? ` of ${part.seen}` : ', more follow'}`,
      (end < part.seen || !part.ended) && end < last && `go on with start_line ${end + 1}`,
      part.cutLines > 0 && `${part.cutLines} very long lines are cut`,
      part.damaged && `not all of it is ${encodingNames[part.encoding]}`,
      part.encoding !== 'utf-8' && `the file is ${encodingNames[part.encoding]} and stays so when it is written`,
    ].filter((note) => note !== false)
    return {
      ok: true,
      output: notes.length > 0 ? `${part.text}\n[${notes.join('; ')}]` : part.text,
      summary: end === first ? `line ${first}` : `lines ${first}–${end}`,
      ...seen(
        all && part.firstCut === null ? undefined : { first, last: (part.firstCut ?? end + 1) - 1, of: part.seen },
      ),
    }
  },
})

interface Part {
  text: string
  /** Lines in `text`. */
  count: number
  /** Lines of the file that were looked at. */
  seen: number
  /** The end of the file was reached. */
  ended: boolean
  cutLines: number
  /** The number of the first one; null = none is cut. What follows it may be read again. */
  firstCut: number | null
  encoding: TextEncoding
  damaged: boolean
  /** Of the whole content; null = it is too large for that. */
  version: string | null
}

interface Wanted {
  first: number
  last: number
  size: number
  signal: AbortSignal
}

/** Goes through the file in pieces; null = it is binary. One of a gigabyte, or of one single line, costs no memory. */
async function readPart(file: FileHandle, { first, last, size, signal }: Wanted): Promise<Part | null> {
  const buffer = Buffer.alloc(CHUNK)
  const lines = new LinePicker(first, last)
  const hash = createHash('sha256')
  let encoding: TextEncoding = 'utf-8'
  let decode = streamDecoder(encoding)
  let damaged = false
  for (let position = 0; ; ) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, CHUNK, position)
    const bytes = buffer.subarray(0, bytesRead)
    if (position === 0) {
      const sniffed = sniffEncoding(bytes)
      if (sniffed.kind === 'binary') return null
      if (sniffed.kind === 'text') encoding = sniffed.encoding
      decode = streamDecoder(encoding)
    }
    position += bytesRead
    hash.update(bytes)
    const text = decode(bytesRead === 0 ? null : bytes)
    if (text.includes('\uFFFD')) damaged = true
    lines.add(text)
    const ended = bytesRead === 0
    if (ended) lines.end()
    // The rest of a file that is not huge is read all the same, to say how long it is and to know it again.
    if (ended || (lines.isFull && size > WHOLE_FILE_LIMIT)) {
      const version = ended ? hash.digest('hex').slice(0, VERSION_LENGTH) : null
      return { ...lines.picked(), ended, encoding, damaged, version: position > WHOLE_FILE_LIMIT ? null : version }
    }
  }
}

/** Keeps the lines asked for, as many as may be shown. */
class LinePicker {
  readonly #first: number
  readonly #last: number
  readonly #kept: string[] = []
  #seen = 0
  #cutLines = 0
  #firstCut: number | null = null
  #characters = 0
  #line = ''
  #lineLength = 0
  isFull = false

  constructor(first: number, last: number) {
    this.#first = first
    this.#last = last
  }

  add(text: string): void {
    const pieces = text.split('\n')
    for (const [index, piece] of pieces.entries()) {
      // One more than is shown: whether a character is whole can only be told by what follows.
      if (this.#line.length <= MAX_LINE) this.#line += piece.slice(0, MAX_LINE + 1 - this.#line.length)
      this.#lineLength += piece.length
      if (index < pieces.length - 1) this.#endLine()
    }
  }

  end(): void {
    if (this.#lineLength > 0) this.#endLine()
  }

  picked(): Pick<Part, 'text' | 'count' | 'seen' | 'cutLines' | 'firstCut'> {
    const count = this.#kept.length
    return { text: this.#kept.join('\n'), count, seen: this.#seen, cutLines: this.#cutLines, firstCut: this.#firstCut }
  }

  #endLine(): void {
    this.#seen += 1
    if (this.#seen >= this.#first && !this.isFull) {
      const isCut = this.#lineLength > MAX_LINE
      const start = beginningOf(this.#line, MAX_LINE)
      const text = isCut
        ? `${start}… [${plainCounted(this.#lineLength - start.length, 'more character')}]`
        : start.replace(/\r$/, '')
      if (this.#kept.length > 0 && this.#characters + text.length > MAX_CHARACTERS) this.isFull = true
      else {
        this.#kept.push(text)
        this.#characters += text.length + 1
        if (isCut) {
          this.#cutLines += 1
          this.#firstCut ??= this.#seen
        }
        this.isFull = this.#kept.length >= MAX_LINES || this.#seen >= this.#last
      }
    }
    this.#line = ''
    this.#lineLength = 0
  }
}
