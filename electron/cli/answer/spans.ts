import { type Output, paint, type Style } from '../terminal/output.ts'
import { head, textWidth } from '../terminal/width.ts'

/** A piece of text that looks one way. */
export interface Span {
  text: string
  styles: readonly Style[]
}

export type Row = readonly Span[]

export function plainSpan(text: string, ...styles: Style[]): Span {
  return { text, styles }
}

/** Rows of at most so many columns, broken between words. The first begins with `first`, the others with `rest`. */
export function wrapSpans(spans: readonly Span[], columns: number, first: Row = [], rest: Row = []): Row[] {
  const rows: Row[] = []
  const margin = widthOf(rest)
  let row: Span[] = [...first]
  let used = widthOf(first)
  let isFresh = true
  const next = () => {
    rows.push(row)
    row = [...rest]
    used = margin
    isFresh = true
  }
  for (const { gap, word } of words(spans)) {
    if (!isFresh && used + widthOf(gap) + widthOf(word) > columns) next()
    else if (!isFresh) {
      row.push(...gap)
      used += widthOf(gap)
    }
    for (const { text, styles } of word) {
      let left = text
      while (used + textWidth(left) > columns) {
        // At least one character a row, however narrow it is.
        const piece = head(left, columns - used) || (isFresh ? [...left].slice(0, 1).join('') : '')
        if (piece !== '') row.push({ text: piece, styles })
        left = left.slice(piece.length)
        next()
      }
      if (left === '') continue
      row.push({ text: left, styles })
      used += textWidth(left)
      isFresh = false
    }
  }
  return [...rows, row]
}

export function paintRow(output: Output, row: Row): string {
  return row
    .map(({ text, styles }) => styles.reduce((painted, style) => paint(output, style, painted), text))
    .join('')
    .trimEnd()
}

export function rowText(row: Row): string {
  return row.map(({ text }) => text).join('')
}

export function widthOf(row: Row): number {
  return row.reduce((sum, { text }) => sum + textWidth(text), 0)
}

interface Word {
  /** The blanks before it. */
  gap: Span[]
  word: Span[]
}

/** What stands between blanks, of pieces that may look different: "**bold**," is one word. */
function words(spans: readonly Span[]): Word[] {
  const result: Word[] = []
  let current: Word = { gap: [], word: [] }
  for (const { text, styles } of spans) {
    for (const piece of text.split(/( +)/)) {
      if (piece === '') continue
      if (!piece.startsWith(' ')) current.word.push({ text: piece, styles })
      else {
        if (current.word.length > 0) {
          result.push(current)
          current = { gap: [], word: [] }
        }
        current.gap.push({ text: piece, styles })
      }
    }
  }
  return current.word.length > 0 ? [...result, current] : result
}
