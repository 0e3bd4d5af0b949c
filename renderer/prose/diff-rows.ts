import type { FileDiff } from '#shared/approval/file-diff.ts'
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
export interface CharacterRange {
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

export function rowCount(hunks: readonly DiffHunk[]): number {
  return hunks.reduce((sum, hunk) => sum + hunk.length, 0)
}

/** The hunks of the first `count` rows. */
export function firstRows(hunks: readonly DiffHunk[], count: number): readonly DiffHunk[] {
  if (rowCount(hunks) <= count) return hunks
  let left = count
  return hunks.flatMap((hunk) => {
    const shown = hunk.slice(0, left)
    left -= shown.length
    return shown.length > 0 ? [shown] : []
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
/** A run of more lines than this on a side is compared first with first. */
const LONGEST_RUN = 24
/** With less in common than this the whole line changed, and marks would only be noise. */
const LEAST_IN_COMMON = 0.35

/** The changed words of lines that replaced each other; keyed by row. */
export function wordMarks(hunk: DiffHunk, compare: CompareWords): ReadonlyMap<DiffRow, readonly CharacterRange[]> {
  const marks = new Map<DiffRow, readonly CharacterRange[]>()
  for (const [before, after] of replacedLines(hunk).slice(0, MOST_PAIRS)) {
    if (before.text.length > LONGEST_LINE || after.text.length > LONGEST_LINE) continue
    const changes = compare(before.text, after.text)
    if (!enoughInCommon(changes, before.text, after.text)) continue
    marks.set(before, ranges(changes, 'added'))
    marks.set(after, ranges(changes, 'removed'))
  }
  return marks
}

type Pair = readonly [before: DiffRow, after: DiffRow]

/** Removed lines with the added ones right after them that took their place. */
function replacedLines(hunk: DiffHunk): Pair[] {
  const pairs: Pair[] = []
  let removed: DiffRow[] = []
  let added: DiffRow[] = []
  const close = () => {
    pairs.push(...pairUp(removed, added))
    removed = []
    added = []
  }
  for (const row of hunk) {
    if (row.sign === '+') added.push(row)
    else {
      if (row.sign === ' ' || added.length > 0) close()
      if (row.sign === '-') removed.push(row)
    }
  }
  close()
  return pairs
}

/** The pairs that have most in common together, without crossing each other. */
function pairUp(removed: readonly DiffRow[], added: readonly DiffRow[]): Pair[] {
  if (removed.length === 0 || added.length === 0) return []
  if (removed.length > LONGEST_RUN || added.length > LONGEST_RUN) {
    return removed.slice(0, added.length).map((row, index) => [row, added[index] ?? row])
  }
  const words = added.map(({ text }) => wordsOf(text))
  let best: { score: number; pairs: readonly Pair[] }[] = added.map(() => ({ score: 0, pairs: [] }))
  best.push({ score: 0, pairs: [] })
  // best[j] = of the removed lines so far with the first j added ones.
  for (const before of removed) {
    const own = wordsOf(before.text)
    const next: typeof best = [{ score: 0, pairs: [] }]
    for (const [index, after] of added.entries()) {
      const common = inCommon(own, words[index] ?? [])
      const diagonal = best[index] ?? { score: 0, pairs: [] }
      const paired = { score: diagonal.score + common, pairs: [...diagonal.pairs, [before, after] as const] }
      const others = [best[index + 1], next[index]].filter((one) => one !== undefined)
      next.push(
        [paired, ...others].reduce((a, b) => (b.score >= a.score && (common === 0 || b.score > a.score) ? b : a)),
      )
    }
    best = next
  }
  return [...(best.at(-1)?.pairs ?? [])]
}

function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_]+/gu) ?? []
}

/** How many words two lines share. */
function inCommon(a: readonly string[], b: readonly string[]): number {
  const left = [...b]
  return a.filter((word) => {
    const at = left.indexOf(word)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  }).length
}

function enoughInCommon(changes: readonly Change[], before: string, after: string): boolean {
  const longest = Math.max(before.trim().length, after.trim().length)
  const common = changes
    .filter(({ added, removed }) => !added && !removed)
    .reduce((sum, { value }) => sum + value.trim().length, 0)
  return longest > 0 && common / longest >= LEAST_IN_COMMON
}

/** Where one side differs; `other` names the changes of the other side. */
function ranges(changes: readonly Change[], other: 'added' | 'removed'): CharacterRange[] {
  const found: CharacterRange[] = []
  let at = 0
  for (const change of changes) {
    if (change[other]) continue
    const end = at + change.value.length
    if (change.added || change.removed) {
      const blanks = change.value.length - change.value.trimEnd().length
      const last = found.at(-1)
      if (last?.end === at) last.end = end
      else if (blanks < change.value.length) found.push({ start: at, end: end - blanks })
    }
    at = end
  }
  return found
}

export interface MarkedSpan extends Span {
  marked: boolean
}

/** Lays marks over the colours of a line. */
export function markSpans(spans: readonly Span[], marks: readonly CharacterRange[]): readonly MarkedSpan[] {
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
