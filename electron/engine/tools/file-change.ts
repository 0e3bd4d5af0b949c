import { structuredPatch } from 'diff'
import type { FileDiff } from '#shared/file-diff.ts'

const CONTEXT_LINES = 3
/** What a person can look through and the journal should carry. */
const SHOWN_LINES = 2000
/** Past this many changed lines, finding the smallest change holds up everything else for too long. */
const MAX_EDIT_LENGTH = 2000

type Hunk = FileDiff['hunks'][number]

/** The change from one text to the other; lines past the first 2,000 of it are counted as left out. */
export function fileChange(path: string, before: string, after: string): FileDiff {
  const patch = structuredPatch(path, path, before, after, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDIT_LENGTH,
  })
  const whole = patch
    ? patch.hunks.map(({ oldStart, newStart, lines }) => ({ oldStart, newStart, lines: lines.flatMap(diffLine) }))
    : [oneBlock(linesOf(before), linesOf(after))]
  const lines = whole.flatMap((hunk) => hunk.lines)
  return {
    path,
    added: lines.filter(({ sign }) => sign === '+').length,
    removed: lines.filter(({ sign }) => sign === '-').length,
    hunks: firstLines(whole, SHOWN_LINES),
    ...(lines.length > SHOWN_LINES && { omittedLines: lines.length - SHOWN_LINES }),
  }
}

/** `+4 −3` */
export function changeSummary(diff: FileDiff): string {
  return `+${diff.added} −${diff.removed}`
}

/** The note about a missing last line end is no line. */
function diffLine(line: string): Hunk['lines'] {
  const sign = line[0]
  return sign === '+' || sign === '-' || sign === ' ' ? [{ sign, text: line.slice(1) }] : []
}

/** All between the common beginning and the common end as taken out and put in. */
function oneBlock(before: readonly string[], after: readonly string[]): Hunk {
  let start = 0
  while (start < before.length && before[start] === after[start]) start += 1
  let end = 0
  const most = Math.min(before.length, after.length) - start
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const context = Math.max(0, start - CONTEXT_LINES)
  const signed = (sign: Hunk['lines'][number]['sign'], lines: readonly string[]) =>
    lines.map((text) => ({ sign, text }))
  return {
    oldStart: context + 1,
    newStart: context + 1,
    lines: [
      ...signed(' ', before.slice(context, start)),
      ...signed('-', before.slice(start, before.length - end)),
      ...signed('+', after.slice(start, after.length - end)),
      ...signed(' ', before.slice(before.length - end).slice(0, CONTEXT_LINES)),
    ],
  }
}

function firstLines(hunks: readonly Hunk[], count: number): Hunk[] {
  let room = count
  return hunks.flatMap((hunk) => {
    const lines = hunk.lines.slice(0, room)
    room -= lines.length
    return lines.length > 0 ? [{ ...hunk, lines }] : []
  })
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
