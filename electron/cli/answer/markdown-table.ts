import { textWidth } from '../terminal/width.ts'
import { plainSpan, type Row, type Span, widthOf, wrapSpans } from './spans.ts'

export function isDelimiterRow(line: string): boolean {
  return line.includes('-') && line.includes('|') && /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/.test(line)
}

const GAP = 2
const NARROWEST = 6
const MOST_COLUMNS = 32

/**
 * A table of Markdown, its columns side by side; where the terminal is too narrow for them the widest are broken at words,
 * and where even that leaves no words whole, each row is told line by line. null = it is no table that can be told.
 */
export function tableRows(
  lines: readonly string[],
  columns: number,
  inline: (text: string, isHeading: boolean) => Span[],
): Row[] | null {
  const [headings = [], delimiters = [], ...body] = lines.map(cellsOf)
  const count = headings.length
  if (count === 0 || count > MOST_COLUMNS || delimiters.length !== count) return null
  const cells = [headings, ...body].map((row, index) =>
    headings.map((_, column) => inline(row[column] ?? '', index === 0)),
  )
  const natural = headings.map((_, column) => Math.max(1, ...cells.map((row) => widthOf(row[column] ?? []))))
  const room = columns - GAP * (count - 1)
  const widths = narrowed(natural, room)
  if (!widths) return toldByRow(cells, columns)
  const right = delimiters.map((cell) => /^-+:$/.test(cell))
  const [first = [], ...others] = cells.map((row) => besideEachOther(row, widths, right))
  const total = widths.reduce((sum, width) => sum + width, GAP * (count - 1))
  return [...first, [plainSpan('─'.repeat(total), 'dim')], ...others.flat()]
}

/** Cells between pipes; an escaped pipe is text. */
function cellsOf(line: string): string[] {
  const inside = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return inside.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

/** The widest give way until all fit; null = they would be too narrow to be read. */
function narrowed(natural: readonly number[], room: number): number[] | null {
  const widths = [...natural]
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths))
    const width = widths[widest] ?? 0
    if (width <= NARROWEST) return null
    widths[widest] = width - 1
  }
  return widths
}

function besideEachOther(cells: readonly Span[][], widths: readonly number[], right: readonly boolean[]): Row[] {
  const wrapped = cells.map((cell, column) => wrapSpans(cell, widths[column] ?? 1))
  const height = Math.max(...wrapped.map((rows) => rows.length))
  return Array.from({ length: height }, (_, index) =>
    wrapped.flatMap((rows, column) => {
      const row = rows[index] ?? []
      const blanks = plainSpan(' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(row))))
      const gap = column === 0 ? [] : [plainSpan(' '.repeat(GAP))]
      return right[column] ? [...gap, blanks, ...row] : [...gap, ...row, blanks]
    }),
  )
}

function toldByRow([headings = [], ...body]: readonly Span[][][], columns: number): Row[] {
  return body.flatMap((row, index) => [
    ...(index === 0 ? [] : [[]]),
    ...row.flatMap((cell, column) =>
      wrapSpans([...(headings[column] ?? []), plainSpan(': '), ...cell], columns, [], [plainSpan('  ')]),
    ),
  ])
}

export function ruleRow(columns: number): Row {
  return [plainSpan('─'.repeat(Math.max(textWidth('---'), Math.min(columns, 40))), 'dim')]
}
