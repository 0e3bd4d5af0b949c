import { structuredPatch } from 'diff'
import type { FileDiff } from '#shared/file-diff.ts'
import { boundedHunks, type Hunk } from './bounded-hunks.ts'

const CONTEXT_LINES = 3
/** Past this many changed lines, or milliseconds, finding the smallest change holds up everything else for too long. */
const MAX_EDIT_LENGTH = 2000
const MAX_MS = 250

/** The change from one text to the other, null = the file is new. What is too much to show is counted. */
export function fileChange(path: string, before: string | null, after: string): FileDiff {
  const old = linesOf(before ?? '')
  const now = linesOf(after)
  const start = commonStart(old, now)
  const end = commonEnd(old, now, start)
  const hunks =
    start === old.length && start === now.length
      ? []
      : changedHunks(old, now, { start, end, context: Math.max(0, start - CONTEXT_LINES) })
  return {
    path,
    added: count(hunks, '+'),
    removed: count(hunks, '-'),
    ...boundedHunks(hunks),
    ...(before === null && { created: true }),
  }
}

/** `+4 −3` */
export function changeSummary(diff: FileDiff): string {
  return `+${diff.added} −${diff.removed}`
}

interface Frame {
  /** How many lines are the same at the beginning and at the end. */
  start: number
  end: number
  /** The index where the lines around the change begin. */
  context: number
}

/** Only what differs is compared, with the few lines around it: a small change in a large file costs little. */
function changedHunks(old: readonly string[], now: readonly string[], frame: Frame): Hunk[] {
  const { end, context } = frame
  const after = Math.max(0, end - CONTEXT_LINES)
  const patch = structuredPatch(
    '',
    '',
    old.slice(context, old.length - after).join(''),
    now.slice(context, now.length - after).join(''),
    undefined,
    undefined,
    { context: CONTEXT_LINES, maxEditLength: MAX_EDIT_LENGTH, timeout: MAX_MS },
  )
  if (!patch) return [oneBlock(old, now, frame)]
  return patch.hunks.map(({ oldStart, newStart, lines }) => ({
    oldStart: oldStart + context,
    newStart: newStart + context,
    lines: lines.flatMap(diffLine),
  }))
}

/** The note about a missing last line end is no line. */
function diffLine(line: string): Hunk['lines'] {
  const sign = line[0]
  return sign === '+' || sign === '-' || sign === ' ' ? [{ sign, text: line.slice(1) }] : []
}

/** All between the common beginning and the common end as taken out and put in. */
function oneBlock(old: readonly string[], now: readonly string[], { start, end, context }: Frame): Hunk {
  const signed = (sign: Hunk['lines'][number]['sign'], lines: readonly string[]) =>
    lines.map((line) => ({ sign, text: line.replace(/\n$/, '') }))
  return {
    oldStart: context + 1,
    newStart: context + 1,
    lines: [
      ...signed(' ', old.slice(context, start)),
      ...signed('-', old.slice(start, old.length - end)),
      ...signed('+', now.slice(start, now.length - end)),
      ...signed(' ', old.slice(old.length - end).slice(0, CONTEXT_LINES)),
    ],
  }
}

function commonStart(old: readonly string[], now: readonly string[]): number {
  let start = 0
  while (start < old.length && old[start] === now[start]) start += 1
  return start
}

function commonEnd(old: readonly string[], now: readonly string[], start: number): number {
  const most = Math.min(old.length, now.length) - start
  let end = 0
  while (end < most && old.at(-1 - end) === now.at(-1 - end)) end += 1
  return end
}

function count(hunks: readonly Hunk[], sign: Hunk['lines'][number]['sign']): number {
  return hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.sign === sign).length, 0)
}

/** Each with its line end, so that a missing last one makes a difference. */
function linesOf(text: string): string[] {
  const lines: string[] = []
  let at = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
    lines.push(text.slice(at, end + 1))
    at = end + 1
  }
  if (at < text.length) lines.push(text.slice(at))
  return lines
}
