import { readArguments } from './call-arguments.ts'
import type { Cursor } from './cursor.ts'
import { afterOptional, afterSpaces, type FoundCall, type Grammar, type Reading } from './grammar.ts'
import { TaggedCalls } from './tagged-calls.ts'
import { plainName, type ToolSchemas } from './tool-schemas.ts'

/**
 * Qwen3-Coder: `<tool_call><function=f><parameter=a>1</parameter></function></tool_call>`, also without the outer tags,
 * and Llama's `<function=f>{"a":1}</function>`.
 */
export const qwenXml: Grammar = {
  opens(cursor: Cursor): boolean {
    if (cursor.literal('<tool_call>')) cursor.spaces()
    if (!cursor.literal('<function=') || cursor.name() === '' || !cursor.literal('>')) return false
    return cursor.spaces() && cursor.literal('<parameter=', END, '{')
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    const calls: FoundCall[] = []
    let position = start
    for (;;) {
      const header = tags.header(text, position)
      if (!header) break
      const name = plainName(header.name)
      const found = callAt(text, header.end, name, tools)
      if (!found) return { calls, end: position, unfinished: name }
      const end = afterOptional(text, found.end, '</tool_call>')
      calls.push(...found.calls.map((call) => ({ ...call, start: afterSpaces(text, position), end })))
      position = end
    }
    return calls.length > 0 ? { calls, end: position } : null
  },
}

const END = '</function>'

const tags = new TaggedCalls({
  functionSource: '<function=([\\w.-]{1,128})>',
  functionEnd: END,
  parameterSource: '<parameter=([^>\\n]{1,128})>',
  parameterStart: '<parameter=',
  parameterEnd: '</parameter>',
  valuesOnLines: true,
  wrapperStarts: ['<tool_call>'],
  wrapperEnds: ['</tool_call>'],
})

interface Found {
  calls: { name: string; arguments: string; problem?: string }[]
  end: number
}

function callAt(text: string, from: number, name: string, tools: ToolSchemas): Found | null {
  const first = afterSpaces(text, from)
  if (text.charAt(first) === '{') {
    const json = readArguments(text, first, name, tools)
    if (json.kind === 'unfinished') return null
    const end = afterOptional(text, json.end, END)
    return end === json.end ? null : { calls: json.calls, end }
  }
  const call = tags.read(text, from, tools.get(name))
  return call && { calls: [{ name, arguments: JSON.stringify(call.given) }], end: call.end }
}
