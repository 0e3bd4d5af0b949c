import type { FileDiff } from '#shared/approval/file-diff.ts'
import { counted } from '#shared/lib/counted.ts'
import { type Output, paint } from './output.ts'
import { plainLine } from './plain-text.ts'

/** A change as indented lines: hunks with their line numbers, additions and removals in colour. */
export function diffLines(output: Output, diff: FileDiff, limit = Number.POSITIVE_INFINITY): string[] {
  const lines: string[] = []
  for (const [index, hunk] of diff.hunks.entries()) {
    if (index > 0) lines.push(paint(output, 'dim', '      ⋮'))
    let number = { old: hunk.oldStart, new: hunk.newStart }
    for (const { sign, text } of hunk.lines) {
      const shown = sign === '-' ? number.old : number.new
      const line = `${String(shown).padStart(6)} ${sign} ${plainLine(text.replace(/\t/g, '  '))}`
      lines.push(sign === ' ' ? paint(output, 'dim', line) : paint(output, sign === '+' ? 'green' : 'red', line))
      number = { old: number.old + (sign === '+' ? 0 : 1), new: number.new + (sign === '-' ? 0 : 1) }
    }
  }
  const left = Math.max(0, lines.length - limit) + (diff.omittedLines ?? 0)
  if (left === 0) return lines
  return [...lines.slice(0, limit), paint(output, 'dim', `      … ${counted(left, 'more line')}`)]
}
