import type { Cursor } from './cursor.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/** A call with the place where it stands in the text. */
export interface FoundCall {
  name: string
  /** JSON text. */
  arguments: string
  /** It must not run, and why. */
  problem?: string
  start: number
  end: number
}

export interface Reading {
  calls: readonly FoundCall[]
  end: number
  /** The text ends inside a call of this tool; '' = its name was not read yet. */
  unfinished?: string
}

/** One way in which a family of models writes its calls (docs/servers.md E.1). */
export interface Grammar {
  /** It is a call only at the beginning of a text. */
  atStart?: true
  /** … and only if nothing else follows. */
  wholeText?: true
  /** Whether a call begins here; undecided = false and `ranOut`. Looks at a bounded number of characters. */
  opens(cursor: Cursor, tools: ToolSchemas): boolean
  /** The calls from `start` on, in a text that will not grow; null = none after all. */
  read(text: string, start: number, tools: ToolSchemas): Reading | null
}

/** Where the text goes on after white space. */
export function afterSpaces(text: string, start: number): number {
  let position = start
  while (/\s/.test(text.charAt(position))) position++
  return position
}

/** The position after `mark`, which may stand after white space; else `start`. */
export function afterOptional(text: string, start: number, ...marks: readonly string[]): number {
  const position = afterSpaces(text, start)
  const mark = marks.find((one) => text.startsWith(one, position))
  return mark === undefined ? start : position + mark.length
}

/** What a sticky or global expression finds from `start` on. */
export function matchAt(expression: RegExp, text: string, start: number): RegExpExecArray | null {
  expression.lastIndex = start
  return expression.exec(text)
}

/** Where a global expression matches from `start` on. */
export function startsOf(expression: RegExp, text: string, start: number): number[] {
  // Unlike exec, matchAll begins where the expression was left.
  expression.lastIndex = 0
  return [...text.slice(start).matchAll(expression)].map(({ index }) => start + index)
}
