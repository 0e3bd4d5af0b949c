import { head, textWidth } from './width.ts'

/**
 * A text as rows of at most so many columns, broken between words; a longer word is cut. Line feeds stay, and the rows after
 * the first begin with `indent` blanks.
 */
export function wrapRows(text: string, columns: number, indent = 0): string[] {
  if (!Number.isFinite(columns)) return text.split('\n')
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(4, columns), indent))
}

function wrapLine(line: string, columns: number, indent: number): string[] {
  const rows: string[] = []
  const margin = ' '.repeat(Math.min(indent, columns - 4))
  // What a line begins with stands, such as the blanks before code.
  let row = /^ */.exec(line)?.[0] ?? ''
  let begun = false
  for (const word of line.slice(row.length).split(' ')) {
    const fits = textWidth(row) + (begun ? 1 : 0) + textWidth(word) <= columns
    if (begun && !fits) {
      rows.push(row)
      row = margin
      begun = false
    }
    let rest = word
    if (begun) row += ' '
    while (textWidth(row) + textWidth(rest) > columns) {
      const piece = head(rest, columns - textWidth(row)) || [...rest].slice(0, 1).join('')
      rows.push(row + piece)
      rest = rest.slice(piece.length)
      row = margin
    }
    row += rest
    begun = true
  }
  return [...rows, row.trimEnd()]
}
