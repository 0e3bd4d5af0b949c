import { structuredPatch } from 'diff'
import type { FileDiff } from '#shared/approval/file-diff.ts'
import { boundedHunks, type Hunk, type LongHunk, SHOWN_LINES } from './bounded-hunks.ts'

const CONTEXT_LINES = 3
/** Past this many changed lines, or milliseconds, finding the smallest change holds up everything else for too long. */
const MAX_EDIT_LENGTH = 2000
const MAX_MS = 250
/** The same for lines that have to be looked at, changed or not, of both texts together. */
const COMPARED_LINES = 400_000

/** The change from one text to the other, null = the file is new. What is too much to show is counted. */
export function fileChange(path: string, before: string | null, after: string): FileDiff {
  const old = linesOf(before ?? '')
  const now = linesOf(after)
  const start = commonStart(old, now)
  const end = commonEnd(old, now, start)
  const frame = { start, end, context: Math.max(0, start - CONTEXT_LINES) }
  const isSame = start === old.length && start === now.length
  const change = isSame ? { hunks: [], added: 0, removed: 0 } : (smallest(old, now, frame) ?? whole(old, now, frame))
  const { added, removed, hunks } = change
  return { path, added, removed, ...boundedHunks(hunks), ...(before === null && { created: true }) }
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

interface Change {
  added: number
  removed: number
  hunks: readonly LongHunk[]
}

/**
 * Only what differs is compared, with the few lines around it: a small change in a large file costs little. null = it would
 * cost too much.
 */
function smallest(old: readonly string[], now: readonly string[], { start, end, context }: Frame): Change | null {
  if (old.length + now.length - 2 * (start + end) > COMPARED_LINES) return null
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
  if (!patch) return null
  const hunks = patch.hunks.map(({ oldStart, newStart, lines }) => ({
    oldStart: oldStart + context,
    newStart: newStart + context,
    lines: lines.flatMap(diffLine),
  }))
  return { added: count(hunks, '+'), removed: count(hunks, '-'), hunks }
}

/** The note about a missing last line end is no line. */
function diffLine(line: string): Hunk['lines'] {
  const sign = line[0]
  return sign === '+' || sign === '-' || sign === ' ' ? [{ sign, text: line.slice(1) }] : []
}

/** All between the common beginning and the common end as taken out and put in; no more lines than can be shown of each. */
function whole(old: readonly string[], now: readonly string[], { start, end, context }: Frame): Change {
  const removed = old.length - end - start
  const added = now.length - end - start
  const signed = (sign: Hunk['lines'][number]['sign'], lines: readonly string[]) =>
    lines.map((line) => ({ sign, text: line.replace(/\n$/, '') }))
  const after = old.slice(old.length - end, old.length - end + CONTEXT_LINES)
  const lines = [
    ...signed(' ', old.slice(context, start)),
    ...signed('-', old.slice(start, start + Math.min(removed, SHOWN_LINES))),
    ...signed('+', now.slice(start, start + Math.min(added, SHOWN_LINES))),
    ...signed(' ', after),
  ]
  const length = start - context + removed + added + after.length
  return { added, removed, hunks: [{ oldStart: context + 1, newStart: context + 1, lines, length }] }
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
