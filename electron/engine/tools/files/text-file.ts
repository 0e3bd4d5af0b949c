import { ToolProblem } from '../contract/tool-problem.ts'
import { decodeWhole, encodeText, encodingNames, sniffEncoding, type TextEncoding } from './text-encoding.ts'

/** The text of a file with `\n` line ends, and what it takes to write it back byte for byte. */
export interface TextFile {
  text: string
  encoding: TextEncoding
  bom: boolean
  /** Which line ends are `\r\n` in the file; a set holds the places of their `\n` in `text`, where it has both kinds. */
  carriageReturns: 'none' | 'all' | ReadonlySet<number>
}

/** A replacement of `length` characters at each of the places, which are in order and do not overlap. */
export interface Replacement {
  places: readonly number[]
  length: number
  text: string
}

/** Decodes all of a text file. Throws `ToolProblem` for what is no text that is known: writing it back would destroy it. */
export function decodeTextFile(bytes: Uint8Array, shown: string): TextFile {
  const sniffed = sniffEncoding(bytes)
  if (sniffed.kind === 'binary') throw binaryFile(shown)
  const raw = sniffed.kind === 'unknown' ? null : decodeWhole(bytes, sniffed)
  if (sniffed.kind === 'unknown' || raw === null) {
    const name = sniffed.kind === 'unknown' ? 'UTF-8' : encodingNames[sniffed.encoding]
    throw new ToolProblem(
      `${shown} is not whole ${name} text, so it cannot be changed safely here. Use bash.`,
      `not ${name}`,
    )
  }
  if (raw.slice(0, 8000).includes('\0')) throw binaryFile(shown)
  const { encoding, mark } = sniffed
  return { ...withoutCarriageReturns(raw), encoding, bom: mark > 0 }
}

/** The file's bytes with a part of its text replaced: encoding, mark and the line ends around stay. */
export function rewritten(file: TextFile, replacement: Replacement, shown: string): Buffer<ArrayBuffer> {
  const text = withCarriageReturns(file, replacement)
  const bytes = encodeText(text, file.encoding, file.bom)
  if (!bytes) {
    throw new ToolProblem(
      `${shown} is ${encodingNames[file.encoding]} and has no bytes for some of these characters; nothing was changed. Leave them out, or convert the file to UTF-8 first.`,
      'wrong encoding',
    )
  }
  return bytes
}

/** All of the text replaced, but for what is the same at both ends. */
export function wholeReplacement(before: string, after: string): Replacement {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start += 1
  let end = 0
  while (
    end < most - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end += 1
  }
  return { places: [start], length: before.length - end - start, text: after.slice(start, after.length - end) }
}

/** What a person should know of how a file is written, if it is anything but UTF-8 with `\n`. */
export function writtenAs({ encoding, carriageReturns }: TextFile): string {
  const ends = carriageReturns === 'all' ? 'CRLF line ends' : carriageReturns === 'none' ? '' : 'mixed line ends'
  const parts = [encoding === 'utf-8' ? '' : `${encodingNames[encoding]} encoding`, ends].filter((part) => part !== '')
  return parts.length > 0 ? `Its ${parts.join(' and ')} ${parts.length > 1 || ends ? 'are' : 'is'} kept.` : ''
}

/** A last line without line end counts. */
export function countLines(text: string): number {
  if (text === '') return 0
  let lines = text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}

function binaryFile(shown: string): ToolProblem {
  return new ToolProblem(`${shown} is a binary file.`, 'binary file')
}

function withoutCarriageReturns(raw: string): Pick<TextFile, 'text' | 'carriageReturns'> {
  if (!raw.includes('\r\n')) return { text: raw, carriageReturns: 'none' }
  const text = raw.replaceAll('\r\n', '\n')
  if (!/(^|[^\r])\n/.test(raw)) return { text, carriageReturns: 'all' }
  const places = new Set<number>()
  for (let at = raw.indexOf('\r\n'); at !== -1; at = raw.indexOf('\r\n', at + 2)) places.add(at - places.size)
  return { text, carriageReturns: places }
}

function withCarriageReturns(file: TextFile, { places, length, text }: Replacement): string {
  const { carriageReturns } = file
  if (carriageReturns === 'none' || carriageReturns === 'all') {
    const plain = spliced(file.text, places, length, () => text)
    return carriageReturns === 'all' ? plain.replaceAll('\n', '\r\n') : plain
  }

  const kept = (from: number, to: number) => {
    let result = ''
    let at = from
    for (let end = file.text.indexOf('\n', from); end !== -1 && end < to; end = file.text.indexOf('\n', end + 1)) {
      if (!carriageReturns.has(end)) continue
      result += `${file.text.slice(at, end)}\r`
      at = end
    }
    return result + file.text.slice(at, to)
  }
  // What is put in has the line ends of what was there, or else of the line before or after it.
  const replaced = (offset: number) => {
    const inside = file.text.indexOf('\n', offset)
    const end = inside === -1 ? file.text.lastIndexOf('\n') : inside
    return carriageReturns.has(end) ? text.replaceAll('\n', '\r\n') : text
  }
  return spliced(file.text, places, length, replaced, kept)
}

function spliced(
  text: string,
  places: readonly number[],
  length: number,
  replaced: (place: number) => string,
  kept = (from: number, to: number) => text.slice(from, to),
): string {
  const parts: string[] = []
  let at = 0
  for (const offset of places) {
    parts.push(kept(at, offset), replaced(offset))
    at = offset + length
  }
  parts.push(kept(at, text.length))
  return parts.join('')
}
