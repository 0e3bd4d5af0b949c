import { convertValue } from './convert-value.ts'
import type { Cursor } from './cursor.ts'
import { afterSpaces, type Grammar, matchAt, type Reading, startsOf } from './grammar.ts'
import { plainName, type ToolSchemas } from './tool-schemas.ts'

/**
 * GLM-4.5 to 4.7: `<tool_call>f<arg_key>a</arg_key><arg_value>1</arg_value></tool_call>`, with or without line breaks.
 * A value may hold these tags: it ends where one follows that can only come next.
 */
export const glm: Grammar = {
  opens(cursor: Cursor): boolean {
    if (!cursor.literal('<tool_call>') || !cursor.spaces() || cursor.name() === '') return false
    return cursor.spaces() && cursor.literal('<arg_key>', '</tool_call>')
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    const header = matchAt(HEADER, text, start)
    if (!header) return null
    const name = plainName(header[1] ?? '')
    const properties = tools.get(name)?.properties
    const given: [string, unknown][] = []
    let position = start + header[0].length
    for (;;) {
      const close = matchAt(CLOSE, text, position)
      if (close) {
        const end = position + close[0].length
        return { calls: [{ name, arguments: JSON.stringify(Object.fromEntries(given)), start, end }], end }
      }
      const key = matchAt(KEY, text, position)
      const value = key && valueAt(text, position + key[0].length)
      if (!value) return { calls: [], end: start, unfinished: name }
      const parameter = (key[1] ?? '').trim()
      given.push([parameter, convertValue(value.text, properties?.[parameter])])
      position = value.end
    }
  },
}

const HEADER = /<tool_call>\s*([\w.-]{1,128})/y
const CLOSE = /\s*<\/tool_call>/y
/** Under load the model skips `<arg_value>` or doubles `</arg_key>`; what is meant stays clear. */
const KEY = /\s*<arg_key>([^<]{1,128})<\/arg_key>(?:\s*<\/arg_key>)*(?:\s*<arg_value>)?/y
const END_OF_VALUE = '</arg_value>'
const NEXT_KEY = /<arg_key>[^<]{1,128}<\/arg_key>/y
const NEXT_CALL = /<tool_call>\s*[\w.-]{1,128}\s*<arg_key>/g

function valueAt(text: string, start: number): { text: string; end: number } | null {
  const calls = startsOf(NEXT_CALL, text, start)
  let starts = 0
  let ends = 0
  for (let close = text.indexOf(END_OF_VALUE, start); close >= 0; close = text.indexOf(END_OF_VALUE, close + 1)) {
    const end = close + END_OF_VALUE.length
    const next = afterSpaces(text, end)
    while ((calls[starts] ?? close) < close) starts++
    const isNested = starts > ends
    if (text.startsWith('</tool_call>', next)) {
      // The end of a whole call inside the value.
      if (isNested) ends++
      // An end tag that belongs to the value leaves another one behind.
      else if (isLast(text, end)) return { text: text.slice(start, close), end }
    } else if (!isNested && matchAt(NEXT_KEY, text, next)) return { text: text.slice(start, close), end }
  }
  return null
}

function isLast(text: string, end: number): boolean {
  const another = text.indexOf(END_OF_VALUE, end)
  return another < 0 || matchAt(NEXT_CALL, text.slice(end, another), 0) !== null
}
