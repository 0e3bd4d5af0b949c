import type { Output } from './output.ts'
import { wrapRows } from './wrap.ts'

/** Writes a sentence, in a terminal broken between words; the rows after the first begin with `indent` blanks. */
export function writeSentence(output: Output, text: string, indent = 0): void {
  const columns = output.terminal ? output.width() - 1 : Number.POSITIVE_INFINITY
  output.write(`${wrapRows(text, columns, indent).join('\n')}\n`)
}
