import type { FileDiff } from '#shared/file-diff.ts'
import type { Span } from '../lib/highlighter.ts'

export interface DiffRow {
  sign: ' ' | '+' | '-'
  text: string
  /** null where the line is not on that side. */
  oldLine: number | null
  newLine: number | null
}

/** Rows of a hunk that follow each other in the file. */
export type DiffHunk = readonly DiffRow[]

/** A stretch of a line, in characters. */
export interface Range {
  start: number
  end: number
}

export function diffHunks(diff: FileDiff): readonly DiffHunk[] {
  return diff.hunks.map(({ oldStart, newStart, lines }) => {
    let oldLine = oldStart
    let newLine = newStart
    return lines.map(({ sign, text }) => ({
      sign,
      text,
      oldLine: sign === '+' ? null : oldLine++,
      newLine: sign === '-' ? null : newLine++,
    }))
  })
}

/** A part of two lines that were compared, as the library gives it. */
interface Change {
  value: string
  added?: boolean
  removed?: boolean
}

export type CompareWords = (before: string, after: string) => readonly Change[]

/** Beyond these a comparison costs more than it tells. */
const MOST_PAIRS = 200
const LONGEST_LINE = 400
/** With less in common than this the whole line changed, and marks would only be noise. */
const LEAST_IN_COMMON = 0.35

/** The changed words of lines that replaced each other; keyed by row. */
export function wordMarks(hunk: DiffHunk, compare: CompareWords): ReadonlyMap<DiffRow, readonly Range[]> {
  const marks = new Map<DiffRow, readonly Range[]>()
  for (const [before, after] of replacedLines(hunk).slice(0, MOST_PAIRS)) {
    if (before.text.length > LONGEST_LINE || after.text.length > LONGEST_LINE) continue
    const changes = compare(before.text, after.text)
    if (!enoughInCommon(changes, before.text, after.text)) continue
    marks.set(before, ranges(changes, 'added'))
    marks.set(after, ranges(changes, 'removed'))
  }
  return marks
}

/** Removed lines and the added ones right after them, first with first. */
function replacedLines(hunk: DiffHunk): [DiffRow, DiffRow][] {
  const pairs: [DiffRow, DiffRow][] = []
  let removed: DiffRow[] = []
  let added = 0
  for (const row of hunk) {
    if (row.sign === '-') {
      if (added > 0) removed = []
      added = 0
      removed.push(row)
    } else if (row.sign === '+') {
      const partner = removed[added++]
      if (partner) pairs.push([partner, row])
    } else {
      removed = []
      added = 0
    }
  }
  return pairs
}

function enoughInCommon(changes: readonly Change[], before: string, after: string): boolean {
  const longest = Math.max(before.trim().length, after.trim().length)
  const common = changes
    .filter(({ added, removed }) => !added && !removed)
    .reduce((sum, { value }) => sum + value.trim().length, 0)
  return longest > 0 && common / longest >= LEAST_IN_COMMON
}

/** Where one side differs; `other` names the changes of the other side. */
function ranges(changes: readonly Change[], other: 'added' | 'removed'): Range[] {
  const found: Range[] = []
  let at = 0
  for (const change of changes) {
    if (change[other]) continue
    const end = at + change.value.length
    if (change.added || change.removed) {
      const last = found.at(-1)
      if (last?.end === at) last.end = end
      else found.push({ start: at, end })
    }
    at = end
  }
  return found
}

export interface MarkedSpan extends Span {
  marked: boolean
}

/** Lays marks over the colours of a line. */
export function markSpans(spans: readonly Span[], marks: readonly Range[]): readonly MarkedSpan[] {
  const pieces: MarkedSpan[] = []
  let at = 0
  for (const { text, kind } of spans) {
    const end = at + text.length
    const edges = marks.flatMap((mark) => [mark.start, mark.end]).filter((edge) => edge > at && edge < end)
    let from = at
    for (const to of [...edges, end]) {
      const marked = marks.some((mark) => mark.start <= from && to <= mark.end)
      pieces.push({ text: text.slice(from - at, to - at), kind, marked })
      from = to
    }
    at = end
  }
  return pieces
}
