import { type Output, paint, type Style } from './output.ts'
import { wrapRows } from './wrap.ts'

/** Sentences in one style, in a terminal broken between words. */
export function painted(output: Output, style: Style, ...texts: string[]): string[] {
  return texts.flatMap((text) => wrapped(output, text)).map((row) => paint(output, style, row))
}

/** A text as rows, in a terminal broken between words. */
export function wrapped(output: Output, text: string): string[] {
  if (!output.terminal) return text.split('\n')
  const columns = output.width() - 1
  return text.split('\n').flatMap((line) => {
    // Of two columns the second one stays where it is.
    const first = /^\S.*? {2,}(?=\S)/.exec(line)?.[0].length ?? 0
    return wrapRows(line, columns, first < columns * 0.6 ? first : 0)
  })
}
