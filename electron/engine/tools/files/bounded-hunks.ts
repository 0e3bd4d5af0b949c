import type { FileDiff } from '#shared/approval/file-diff.ts'
import { plainCounted } from '#shared/lib/counted.ts'
import { beginningOf, endOf } from '#shared/lib/whole-characters.ts'

export type Hunk = FileDiff['hunks'][number]
type Line = Hunk['lines'][number]
/** Of a hunk that is far too long, lines that cannot be shown may be missing; `length` counts them. */
export type LongHunk = Hunk & { length?: number }

/** What a person can look through and the journal should carry, in lines and in characters. */
export const SHOWN_LINES = 2000
const SHOWN_CHARACTERS = 100_000
/** Of a line that no person wrote, so much is shown: what changes in it, and so much around that. */
const LONGEST_LINE = 2000
const AROUND = 200

/** Hunks that can be shown, and how much they leave out. */
export function boundedHunks(hunks: readonly LongHunk[]): Pick<FileDiff, 'hunks' | 'omittedLines' | 'cutLines'> {
  let characters = 0
  let shown = 0
  let cutLines = 0
  const kept = hunks.flatMap(({ oldStart, newStart, lines: all }) => {
    const lines: Line[] = []
    for (const line of shortened(all)) {
      characters += line.text.length
      if (shown >= SHOWN_LINES || (characters > SHOWN_CHARACTERS && shown > 0)) break
      shown += 1
      if (line.isCut) cutLines += 1
      lines.push({ sign: line.sign, text: line.text })
    }
    return lines.length > 0 ? [{ oldStart, newStart, lines }] : []
  })
  const omittedLines = hunks.reduce((sum, { lines, length = lines.length }) => sum + length, 0) - shown
  return { hunks: kept, ...(omittedLines > 0 && { omittedLines }), ...(cutLines > 0 && { cutLines }) }
}

function* shortened(lines: readonly Line[]): Generator<Line & { isCut: boolean }> {
  for (const [index, line] of lines.entries()) {
    if (line.text.length <= LONGEST_LINE) yield { ...line, isCut: false }
    else yield { sign: line.sign, text: cut(line.text, counterpart(lines, index)), isCut: true }
  }
}

/** The line that this one came from or became: in a run of lines taken out and put in, the one at the same place. */
function counterpart(lines: readonly Line[], index: number): string | null {
  const sign = lines[index]?.sign
  if (sign === undefined || sign === ' ') return null
  let first = index
  while (lines[first - 1]?.sign === sign) first -= 1
  let last = index
  while (lines[last + 1]?.sign === sign) last += 1
  if (sign === '-') return lines[last + 1]?.sign === '+' ? (inRun(lines, last + 1, index - first, '+') ?? null) : null
  let before = first
  while (lines[before - 1]?.sign === '-') before -= 1
  return inRun(lines, before, index - first, '-') ?? null
}

function inRun(lines: readonly Line[], first: number, offset: number, sign: Line['sign']): string | undefined {
  const line = lines[first + offset]
  const isInRun = lines.slice(first, first + offset + 1).every((each) => each.sign === sign)
  return line && isInRun ? line.text : undefined
}

function cut(text: string, other: string | null): string {
  const most = other === null ? 0 : Math.min(text.length, other.length)
  let start = 0
  while (start < most && text.charCodeAt(start) === other?.charCodeAt(start)) start += 1
  let end = 0
  while (end < most - start && text.at(-1 - end) === other?.at(-1 - end)) end += 1
  const from = other === null || start < 2 * AROUND ? 0 : start - AROUND
  const to = other === null ? text.length : Math.min(text.length, text.length - end + AROUND)
  const rest = endOf(text, text.length - from)
  const part = beginningOf(rest, Math.min(to - from, LONGEST_LINE))
  const after = rest.length - part.length
  return `${from > 0 ? `[${plainCounted(text.length - rest.length, 'character')}] … ` : ''}${part}${after > 0 ? ` … [${plainCounted(after, 'more character')}]` : ''}`
}
