import { structuredPatch } from 'diff'
import type { FileDiff } from '#shared/file-diff.ts'
import { countLines } from './text-file.ts'

const CONTEXT_LINES = 3
/** What a person can look through and the journal should carry. */
const SHOWN_LINES = 2000
/** Past this many changed lines, finding the smallest change takes longer than anybody waits. */
const MAX_EDIT_LENGTH = 4000

/** The change from one text to the other; lines past the first 2,000 of it are counted as left out. */
export function fileChange(path: string, before: string, after: string): FileDiff {
  const patch = structuredPatch(path, path, before, after, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDIT_LENGTH,
  })
  if (!patch) {
    const [removed, added] = [countLines(before), countLines(after)]
    return { path, added, removed, hunks: [], omittedLines: added + removed }
  }
  const whole = patch.hunks.map(({ oldStart, newStart, lines }) => ({
    oldStart,
    newStart,
    lines: lines.flatMap((line) => diffLine(line)),
  }))
  const lines = whole.flatMap((hunk) => hunk.lines)
  let room = SHOWN_LINES
  const hunks = whole.flatMap((hunk) => {
    const shown = hunk.lines.slice(0, room)
    room -= shown.length
    return shown.length > 0 ? [{ ...hunk, lines: shown }] : []
  })
  return {
    path,
    added: lines.filter(({ sign }) => sign === '+').length,
    removed: lines.filter(({ sign }) => sign === '-').length,
    hunks,
    ...(lines.length > SHOWN_LINES && { omittedLines: lines.length - SHOWN_LINES }),
  }
}

type DiffLine = FileDiff['hunks'][number]['lines'][number]

/** The note about a missing last line end is no line. */
function diffLine(line: string): DiffLine[] {
  const sign = line[0]
  return sign === '+' || sign === '-' || sign === ' ' ? [{ sign, text: line.slice(1) }] : []
}

/** `+4 −3` */
export function changeSummary(diff: FileDiff): string {
  return `+${diff.added} −${diff.removed}`
}
