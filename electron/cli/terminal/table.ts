import { type Output, paint } from './output.ts'
import { plainLine } from './plain-text.ts'
import { fitEnd, padEnd, textWidth } from './width.ts'

/** Rows under dim headings; in a terminal the last column is cut to what is left of its width. */
export function tableLines(
  output: Output,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const cells = [headings, ...rows.map((row) => row.map(plainLine))]
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => textWidth(row[column] ?? ''))))
  const lines = cells.map((row) => {
    const padded = row.map((cell, column) => (column === row.length - 1 ? cell : padEnd(cell, widths[column] ?? 0)))
    const line = padded.join('  ').trimEnd()
    return output.terminal ? fitEnd(line, output.width() - 1) : line
  })
  return lines.map((line, index) => (index === 0 ? paint(output, 'dim', line) : line))
}
