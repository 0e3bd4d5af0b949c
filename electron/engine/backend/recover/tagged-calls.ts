import { convertValue } from './convert-value.ts'
import { afterSpaces, matchAt } from './grammar.ts'
import type { ToolSchema } from './tool-schemas.ts'

/** How a family spells a call out of tags. The members ending in `Source` are regular expressions. */
export interface Dialect {
  /** The opening tag with the name in its one group. */
  functionSource: string
  functionEnd: string
  /** The opening tag with the name in its one group. */
  parameterSource: string
  parameterStart: string
  parameterEnd: string
  /** Values stand on lines of their own: one line break after the opening tag and one before the closing are none of it. */
  valuesOnLines: boolean
  /** Tags around a call. */
  wrapperStarts: readonly string[]
  wrapperEnds: readonly string[]
}

/**
 * Reads the tags of a call whose values are file bodies that may hold the very same tags: only tags at the start of a
 * line count, and those of a whole call inside a value do not (docs/servers.md E.4, 3).
 */
export class TaggedCalls {
  readonly #dialect: Dialect
  readonly #header: RegExp
  /** A call inside a value counts only if it looks like one, else a single line of a manual would unbalance it. */
  readonly #functionTag: RegExp
  readonly #nextCall: RegExp
  readonly #closingLine: RegExp
  readonly #parameter: RegExp
  readonly #afterCall: readonly string[]

  constructor(dialect: Dialect) {
    const { functionSource, functionEnd, parameterSource, parameterStart, parameterEnd, wrapperStarts } = dialect
    this.#dialect = dialect
    this.#header = new RegExp(`\\s*(?:(?:${wrapperStarts.join('|')})\\s*)*${functionSource}`, 'y')
    this.#functionTag = new RegExp(`${functionSource}(?=\\s*(?:${parameterStart}|${functionEnd}))|${functionEnd}`, 'g')
    this.#nextCall = new RegExp(`${functionSource}\\s*(?:${parameterStart}|$|\\{)`, 'g')
    this.#closingLine = new RegExp(`^[ \\t]*(?:${parameterEnd}|${functionEnd})`, 'gm')
    this.#parameter = new RegExp(parameterSource, 'g')
    this.#afterCall = [...dialect.wrapperEnds, ...wrapperStarts, '<|im_end|>', '<|eot_id|>', '<|eom_id|>']
  }

  /** The opening tags of a call at `start`, white space before them included. */
  header(text: string, start: number): { name: string; end: number } | null {
    const match = matchAt(this.#header, text, start)
    return match && { name: match[1] ?? '', end: start + match[0].length }
  }

  /** What is given between a header and the end tag that belongs to it; null = there is none. */
  read(
    text: string,
    from: number,
    tool: ToolSchema | undefined,
  ): { given: Record<string, unknown>; end: number } | null {
    const body = this.#body(text, from)
    if (!body) return null
    const openings = this.#openings(text, from, body, tool)
    const given = openings.map(({ name, valueStart }, position) => {
      const value = this.#value(text.slice(valueStart, openings[position + 1]?.index ?? body.end))
      return [name, convertValue(value, tool?.properties?.[name])]
    })
    return { given: Object.fromEntries(given), end: body.end + this.#dialect.functionEnd.length }
  }

  #body(text: string, from: number): Body | null {
    const nested: Body['nested'] = []
    const open: number[] = []
    for (let tag = matchAt(this.#functionTag, text, from); tag; ) {
      const { index } = tag
      const end = index + tag[0].length
      if (this.#opensLine(text, from, index)) {
        if (tag[0] !== this.#dialect.functionEnd) open.push(index)
        else if (open.length > 0) nested.push({ start: open.pop() ?? index, end })
        else if (this.#isFollowedWell(text, end)) return { end: index, nested }
      }
      tag = matchAt(this.#functionTag, text, end)
    }
    return null
  }

  /** At the start of a line, or after nothing but tags. */
  #opensLine(text: string, from: number, index: number): boolean {
    let position = index
    while (position > from && ' \t'.includes(text.charAt(position - 1))) position--
    if (position === from || '\r\n'.includes(text.charAt(position - 1))) return true
    const { parameterEnd, wrapperStarts, wrapperEnds } = this.#dialect
    return [parameterEnd, ...wrapperStarts, ...wrapperEnds].some((tag) => text.endsWith(tag, position))
  }

  /** A closing tag that belongs to a value leaves more closing tags behind. */
  #isFollowedWell(text: string, end: number): boolean {
    const next = afterSpaces(text, end)
    const known = this.#afterCall.some((mark) => text.startsWith(mark, next)) || this.header(text, next) !== null
    if (next < text.length && !known) return false
    const closing = matchAt(this.#closingLine, text, end)
    return !closing || matchAt(this.#nextCall, text.slice(end, closing.index), 0) !== null
  }

  #openings(text: string, from: number, body: Body, tool: ToolSchema | undefined): Opening[] {
    const found: Opening[] = []
    for (const match of text.slice(from, body.end).matchAll(this.#parameter)) {
      const index = from + match.index
      const isNested = body.nested.some(({ start, end }) => index > start && index < end)
      if (isNested || !this.#opensLine(text, from, index)) continue
      const before = text.slice(from, index).trimEnd()
      const name = (match[1] ?? '').trim()
      const known = before === '' || !tool?.properties || Object.hasOwn(tool.properties, name)
      const clean = before === '' || before.endsWith(this.#dialect.parameterEnd)
      if (known) found.push({ name, index, valueStart: index + match[0].length, clean })
    }
    return firstOfEach(found)
  }

  #value(segment: string): string {
    const { parameterEnd, valuesOnLines } = this.#dialect
    const close = segment.lastIndexOf(parameterEnd)
    const closed = close >= 0 && segment.slice(close + parameterEnd.length).trim() === ''
    const value = closed ? segment.slice(0, close) : segment
    return valuesOnLines ? value.replace(/^\r?\n/, '').replace(/\r?\n$/, '') : value
  }
}

/** Where the end tag stands, and what lies in calls inside of values. */
interface Body {
  end: number
  nested: { start: number; end: number }[]
}

interface Opening {
  name: string
  index: number
  valueStart: number
  /** Nothing but the header or the end of another value stands before it. */
  clean: boolean
}

/** The first of a name that stands where a parameter should; without one, the first at all. */
function firstOfEach(found: readonly Opening[]): Opening[] {
  const chosen = new Map<string, Opening>()
  for (const opening of found) {
    const known = chosen.get(opening.name)
    if (!known || (opening.clean && !known.clean)) chosen.set(opening.name, opening)
  }
  return found.filter((opening) => chosen.get(opening.name) === opening)
}
