import type { Token } from 'marked'

/** Where a text that is too long for one block is split; at 0 it stays whole. */
export interface SplitPoint {
  /** The first character of what follows. */
  at: number
  /** Stands in front of what follows as well: the head of a table. */
  repeated: string
}

/** A longer head of a table is not repeated. */
const LONGEST_HEAD = 2_000

/**
 * Where to split a text whose last block, which begins at `start`, is too long: before that block, where others come
 * before it, else inside of it where it hurts least, in its last three quarters.
 */
export function splitPoint(last: Token, text: string, start: number): SplitPoint {
  if (start > 0 && start >= text.length / 4) return { at: start, repeated: '' }
  if (last.type === 'code' && last.codeBlockStyle !== 'indented') return { at: fenceEnd(last.raw, text), repeated: '' }
  const from = Math.max(start, Math.floor(text.length / 4))
  const line = text.lastIndexOf('\n') + 1
  if (last.type === 'table' && line > from) return { at: line, repeated: headOf(last.raw) }
  const item = last.type === 'list' ? lastMatch(text, from, /\n(?=(?:[-*+]|\d{1,9}[.)])[ \t])/g) : null
  const margin = item ?? lastMatch(text, from, /\n(?=\S)/g)
  if (margin !== null) return { at: margin + 1, repeated: '' }
  if (line > from) return { at: line, repeated: '' }
  const blank = lastMatch(text, from, /\s(?=\S)/g)
  if (blank !== null) return { at: blank + 1, repeated: '' }
  return { at: isHalf(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length, repeated: '' }
}

/** A fence stays whole; what stands behind its last line is no part of it. */
function fenceEnd(raw: string, text: string): number {
  return text.endsWith('\n') && !raw.endsWith('\n') ? text.length : 0
}

function lastMatch(text: string, from: number, pattern: RegExp): number | null {
  let found: number | null = null
  pattern.lastIndex = from
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) found = match.index
  return found
}

/** The first half of a character that takes two places. */
function isHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

/** The names of the columns and the line below them. */
function headOf(raw: string): string {
  const head = /^[^\n]*\n[^\n]*\n/.exec(raw)?.[0] ?? ''
  return head.length > LONGEST_HEAD ? '' : head
}
