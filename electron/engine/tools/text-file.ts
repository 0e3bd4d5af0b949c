import { ToolProblem } from './tool-problem.ts'

const BOM = '\uFEFF'

/** The text of a file with `\n` line ends, and what it takes to write it back byte for byte. */
export interface TextFile {
  text: string
  bom: boolean
  /** Every line end is `\r\n`. A mixed file keeps its `\r` in the text. */
  crlf: boolean
}

/** Throws `ToolProblem` for what is not UTF-8 text: writing it back would destroy it. */
export function decodeTextFile(bytes: Uint8Array, shown: string): TextFile {
  if (looksBinary(bytes)) {
    throw new ToolProblem(`${shown} is a binary file.`, 'binary file')
  }
  let raw: string
  try {
    raw = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ToolProblem(`${shown} is not UTF-8 text, so it cannot be changed safely here. Use bash.`, 'not UTF-8')
  }
  const bom = raw.startsWith(BOM)
  const text = bom ? raw.slice(1) : raw
  const crlf = text.includes('\r\n') && !/(^|[^\r])\n/.test(text)
  return { text: crlf ? text.replaceAll('\r\n', '\n') : text, bom, crlf }
}

export function encodeTextFile(file: TextFile): Uint8Array {
  const text = file.crlf ? file.text.replaceAll('\n', '\r\n') : file.text
  return Buffer.from(file.bom ? BOM + text : text)
}

/** A NUL byte near the beginning: git's rule as well. */
export function looksBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0)
}

/** A last line without line end counts. */
export function countLines(text: string): number {
  if (text === '') return 0
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
