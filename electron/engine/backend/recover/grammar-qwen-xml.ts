import { readArguments } from './call-arguments.ts'
import { convertValue } from './convert-value.ts'
import type { Cursor } from './cursor.ts'
import { afterOptional, afterSpaces, type FoundCall, type Grammar, matchAt, type Reading } from './grammar.ts'
import { plainName, type ToolSchema, type ToolSchemas } from './tool-schemas.ts'

/**
 * Qwen3-Coder: `<tool_call><function=f><parameter=a>1</parameter></function></tool_call>`, also without the outer tags,
 * and Llama's `<function=f>{"a":1}</function>`. Values are file bodies that may hold all of these tags, so only tags at
 * the start of a line count, and those of a whole call inside a value do not (backends.md E.4, 3).
 */
export const qwenXml: Grammar = {
  opens(cursor: Cursor): boolean {
    if (cursor.literal('<tool_call>')) cursor.spaces()
    if (!cursor.literal('<function=') || cursor.name() === '' || !cursor.literal('>')) return false
    return cursor.spaces() && cursor.literal('<parameter=', '</function>', '{')
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    const calls: FoundCall[] = []
    let position = start
    for (;;) {
      const header = matchAt(HEADER, text, position)
      if (!header) break
      const from = position + header[0].length
      const name = plainName(header[1] ?? '')
      const first = afterSpaces(text, from)
      const found =
        text.charAt(first) === '{' ? jsonCalls(text, first, name, tools) : xmlCall(text, from, name, tools.get(name))
      if (!found) return { calls, end: position, unfinished: name }
      const end = afterOptional(text, found.end, '</tool_call>')
      calls.push(...found.calls.map((call) => ({ ...call, start: afterSpaces(text, position), end })))
      position = end
    }
    return calls.length > 0 ? { calls, end: position } : null
  },
}

const HEADER = /\s*(?:<tool_call>\s*)?<function=([\w.-]{1,128})>/y
/** A function inside a value counts only if it looks like a call, else a single line of a manual would unbalance it. */
const FUNCTION_TAG = /<function=[\w.-]{1,128}>(?=\s*(?:<parameter=|<\/function>))|<\/function>/g
const NEXT_CALL = /<function=[\w.-]{1,128}>\s*(?:<parameter=|$|\{)/g
const CLOSING_LINE = /^[ \t]*<\/(?:parameter|function)>/gm
const PARAMETER = /<parameter=([^>\n]{1,128})>/g
const END_OF_PARAMETER = '</parameter>'
const END_OF_FUNCTION = '</function>'
const AFTER_CALL = ['</tool_call>', '<tool_call>', '<function=', '<|im_end|>', '<|eot_id|>', '<|eom_id|>']

interface Found {
  calls: { name: string; arguments: string; problem?: string }[]
  end: number
}

function jsonCalls(text: string, start: number, name: string, tools: ToolSchemas): Found | null {
  const json = readArguments(text, start, name, tools)
  if (json === 'unfinished') return null
  const end = afterOptional(text, json.end, END_OF_FUNCTION)
  return end === json.end ? null : { calls: json.calls, end }
}

function xmlCall(text: string, from: number, name: string, tool: ToolSchema | undefined): Found | null {
  const body = functionBody(text, from)
  if (!body) return null
  const given = parameters(text, from, body, tool)
  return { calls: [{ name, arguments: JSON.stringify(given) }], end: body.end + END_OF_FUNCTION.length }
}

/** Where `</function>` stands, and what lies in calls inside of values. */
interface Body {
  end: number
  nested: { start: number; end: number }[]
}

function functionBody(text: string, from: number): Body | null {
  const nested: Body['nested'] = []
  const open: number[] = []
  FUNCTION_TAG.lastIndex = from
  for (let tag = FUNCTION_TAG.exec(text); tag; tag = FUNCTION_TAG.exec(text)) {
    const { index } = tag
    const end = index + tag[0].length
    if (!opensLine(text, from, index)) continue
    if (tag[0] !== END_OF_FUNCTION) open.push(index)
    else if (open.length > 0) nested.push({ start: open.pop() ?? index, end })
    else if (isFollowedWell(text, end)) return { end: index, nested }
    FUNCTION_TAG.lastIndex = end
  }
  return null
}

/** At the start of a line, or after nothing but tags. */
function opensLine(text: string, from: number, index: number): boolean {
  let position = index
  while (position > from && ' \t'.includes(text.charAt(position - 1))) position--
  if (position === from || '\r\n'.includes(text.charAt(position - 1))) return true
  return [END_OF_PARAMETER, '<tool_call>', '</tool_call>'].some((tag) => text.endsWith(tag, position))
}

/** A closing tag that belongs to a value leaves more closing tags behind. */
function isFollowedWell(text: string, end: number): boolean {
  const next = afterSpaces(text, end)
  if (next < text.length && !AFTER_CALL.some((mark) => text.startsWith(mark, next))) return false
  const closing = matchAt(CLOSING_LINE, text, end)
  return !closing || matchAt(NEXT_CALL, text.slice(end, closing.index), 0) !== null
}

interface Opening {
  name: string
  index: number
  valueStart: number
  /** Nothing but the header or the end of another value stands before it. */
  clean: boolean
}

function parameters(text: string, from: number, body: Body, tool: ToolSchema | undefined): Record<string, unknown> {
  const openings = parameterOpenings(text, from, body, tool)
  return Object.fromEntries(
    openings.map(({ name, valueStart }, position) => {
      const value = parameterText(text.slice(valueStart, openings[position + 1]?.index ?? body.end))
      return [name, convertValue(value, tool?.properties?.[name])]
    }),
  )
}

function parameterOpenings(text: string, from: number, body: Body, tool: ToolSchema | undefined): Opening[] {
  const found: Opening[] = []
  for (const match of text.slice(from, body.end).matchAll(PARAMETER)) {
    const index = from + match.index
    if (body.nested.some(({ start, end }) => index > start && index < end) || !opensLine(text, from, index)) continue
    const before = text.slice(from, index).trimEnd()
    const name = (match[1] ?? '').trim()
    const known = before === '' || !tool?.properties || Object.hasOwn(tool.properties, name)
    const clean = before === '' || before.endsWith(END_OF_PARAMETER)
    if (known) found.push({ name, index, valueStart: index + match[0].length, clean })
  }
  const taken = new Set<string>()
  return found.filter((opening, position) => {
    if (taken.has(opening.name)) return false
    const better = !opening.clean && found.slice(position + 1).some(({ name, clean }) => clean && name === opening.name)
    if (!better) taken.add(opening.name)
    return !better
  })
}

/** One line break after the opening tag and one before the closing one belong to the format, the others to the value. */
function parameterText(segment: string): string {
  const close = segment.lastIndexOf(END_OF_PARAMETER)
  const closed = close >= 0 && segment.slice(close + END_OF_PARAMETER.length).trim() === ''
  const value = closed ? segment.slice(0, close) : segment
  return value.replace(/^\r?\n/, '').replace(/\r?\n$/, '')
}
