import { type Output, paint, type Style } from './output.ts'
import { plainLine } from './plain-text.ts'
import { fitEnd, fitStart, padEnd, textWidth } from './width.ts'

export interface Column {
  heading: string
  /** Where a terminal is too narrow, the column with the highest number goes first; without one it stays. */
  drop?: number
  /** It gives way down to so many columns of the terminal before another goes; without it, it is never cut. */
  least?: number
  /** Below `least` it goes last, when all others are as narrow as can be. */
  whole?: boolean
  /** Never wider than this. */
  most?: number
  /** Of a path the end says more. */
  cut?: 'start'
  right?: boolean
}

export type Cell = string | { text: string; style: Style }

const GAP = '  '

/**
 * Rows under dim headings. In a terminal they fit its width: columns that say least go, others are cut; elsewhere all of them
 * are whole, but for those that are never wider than something.
 */
export function tableLines(output: Output, columns: readonly Column[], rows: readonly (readonly Cell[])[]): string[] {
  const cells = rows.map((row) => row.map(plainCell))
  const natural = columns.map(({ heading, most = Number.POSITIVE_INFINITY }, index) =>
    Math.min(most, Math.max(textWidth(heading), ...cells.map((row) => textWidth(row[index]?.text ?? '')))),
  )
  const widths = output.terminal ? fitted(columns, natural, output.width() - 1) : natural
  const line = (row: readonly PlainCell[], paintAll?: Style) => {
    const shown = columns.flatMap((column, index) => {
      const width = widths[index]
      if (width === null || width === undefined) return []
      const { text, style } = row[index] ?? { text: '', style: undefined }
      const cut = column.cut === 'start' ? fitStart(text, width) : fitEnd(text, width)
      const padded = column.right ? ' '.repeat(Math.max(0, width - textWidth(cut))) + cut : padEnd(cut, width)
      return [style ? paint(output, style, padded) : padded]
    })
    const joined = shown.join(GAP).trimEnd()
    return paintAll ? paint(output, paintAll, joined) : joined
  }
  const headings = columns.map(({ heading }) => ({ text: heading, style: undefined }))
  return [line(headings, 'dim'), ...cells.map((row) => line(row))]
}

interface PlainCell {
  text: string
  style: Style | undefined
}

function plainCell(cell: Cell): PlainCell {
  return typeof cell === 'string'
    ? { text: plainLine(cell), style: undefined }
    : { text: plainLine(cell.text), style: cell.style }
}

/** How wide each column is; null = it has no place. */
function fitted(columns: readonly Column[], natural: readonly number[], room: number): (number | null)[] {
  const widths: (number | null)[] = [...natural]
  const least = columns.map(({ least: smallest }, index) => Math.min(smallest ?? Infinity, natural[index] ?? 0))
  const gone = columns
    .map(({ drop }, index) => ({ drop: drop ?? 0, index }))
    .filter(({ drop }) => drop > 0)
    .sort((a, b) => b.drop - a.drop)
  while (totalOf(widths.map((width, index) => (width === null ? null : (least[index] ?? 0)))) > room) {
    const next = gone.shift()
    if (!next) break
    widths[next.index] = null
  }
  // What could go altogether gives way before what stays.
  const leastOfGoing = columns.map(({ drop }, index) => (drop ? (least[index] ?? 0) : Infinity))
  shrink(widths, leastOfGoing, room)
  shrink(widths, least, room)
  const smallest = (spare: boolean) =>
    columns.map(({ least: given, whole }, index) =>
      given === undefined ? Infinity : spare && whole ? (least[index] ?? 0) : Math.min(LEAST, natural[index] ?? 0),
    )
  shrink(widths, smallest(true), room)
  shrink(widths, smallest(false), room)
  return widths
}

/** Where nothing can go any more. */
const LEAST = 6

/** The widest gives way first. */
function shrink(widths: (number | null)[], least: readonly number[], room: number): void {
  for (let excess = totalOf(widths) - room; excess > 0; excess--) {
    const widest = widths.reduce<number>((best, width, index) => {
      if (width === null || width <= (least[index] ?? 0)) return best
      return best < 0 || width > (widths[best] ?? 0) ? index : best
    }, -1)
    if (widest < 0) return
    widths[widest] = (widths[widest] ?? 1) - 1
  }
}

function totalOf(widths: readonly (number | null)[]): number {
  const shown = widths.filter((width) => width !== null)
  return shown.reduce((sum, width) => sum + width, Math.max(0, shown.length - 1) * GAP.length)
}
