import type { FileHandle } from 'node:fs/promises'
import { z } from 'zod'
import { withFile } from './contained-file.ts'
import { locate } from './contained-path.ts'
import { defineTool } from './define-tool.ts'
import { looksBinary } from './text-file.ts'
import { ToolProblem } from './tool-problem.ts'

const MAX_LINES = 2000
/** About 12,000 tokens: more would fill the whole window of many a local model. */
const MAX_CHARACTERS = 50_000
const MAX_LINE = 2000
const CHUNK = 65_536
/** Bytes up to which the rest of a file is read only to say how many lines it has. */
const COUNTED = 4_000_000

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
  describe: ({ path }) => ({ verb: 'Read', target: path }),
  async run({ path, start_line: first = 1, end_line: last = Number.POSITIVE_INFINITY }, { workspace, signal }) {
    if (last < first) throw new ToolProblem(`end_line ${last} is before start_line ${first}.`, 'wrong lines')
    const place = await locate(workspace, path)
    const part = await withFile(workspace, place, (file, { size }) => readPart(file, { first, last, size, signal }))
    if (part === 'binary') throw new ToolProblem(`${place.shown} is a binary file.`, 'binary file')
    if (part.count === 0) {
      if (part.seen === 0) return { ok: true, output: '(the file is empty)', summary: 'empty' }
      throw new ToolProblem(`${place.shown} has ${part.seen} lines; line ${first} is past its end.`, 'past the end')
    }
    const end = first + part.count - 1
    const all = first === 1 && part.ended && end === part.seen
    const notes = [
      !all && `lines ${first}-${end}${part.ended ? ` of ${part.seen}` : ', more follow'}`,
      (end < part.seen || !part.ended) && end < last && `go on with start_line ${end + 1}`,
      part.cutLines > 0 && `${part.cutLines} very long lines are cut`,
      part.damaged && 'not all of it is UTF-8',
    ].filter((note) => note !== false)
    return {
      ok: true,
      output: notes.length > 0 ? `${part.text}\n[${notes.join('; ')}]` : part.text,
      summary: end === first ? `line ${first}` : `lines ${first}–${end}`,
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
  damaged: boolean
}

interface Wanted {
  first: number
  last: number
  size: number
  signal: AbortSignal
}

/** Goes through the file in pieces: one of a gigabyte, or of one single line, costs no memory. */
async function readPart(file: FileHandle, { first, last, size, signal }: Wanted): Promise<Part | 'binary'> {
  const decoder = new TextDecoder()
  const buffer = Buffer.alloc(CHUNK)
  const kept: string[] = []
  const part: Part = { text: '', count: 0, seen: 0, ended: false, cutLines: 0, damaged: false }
  let characters = 0
  let line = ''
  let lineLength = 0
  let full = false

  const add = (piece: string) => {
    if (line.length < MAX_LINE) line += piece.slice(0, MAX_LINE - line.length)
    lineLength += piece.length
  }
  const endLine = () => {
    part.seen += 1
    if (part.seen >= first && !full) {
      const cut = lineLength > MAX_LINE
      const text = cut ? `${line}… [${lineLength - MAX_LINE} more characters]` : line.replace(/\r$/, '')
      if (kept.length > 0 && characters + text.length > MAX_CHARACTERS) full = true
      else {
        kept.push(text)
        characters += text.length + 1
        if (cut) part.cutLines += 1
        full = kept.length >= MAX_LINES || part.seen >= last
      }
    }
    line = ''
    lineLength = 0
  }

  for (let position = 0; ; ) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(buffer, 0, CHUNK, position)
    const bytes = buffer.subarray(0, bytesRead)
    if (position === 0 && looksBinary(bytes)) return 'binary'
    position += bytesRead
    const text = bytesRead === 0 ? decoder.decode() : decoder.decode(bytes, { stream: true })
    if (text.includes('\uFFFD')) part.damaged = true
    const pieces = text.split('\n')
    for (const [index, piece] of pieces.entries()) {
      add(piece)
      if (index < pieces.length - 1) endLine()
    }
    if (bytesRead === 0) {
      if (lineLength > 0) endLine()
      part.ended = true
      break
    }
    if (full && size > COUNTED) break
  }
  return { ...part, text: kept.join('\n'), count: kept.length }
}
