import { nameInPart, readNamedCalls } from './call-arguments.ts'
import type { Cursor } from './cursor.ts'
import { afterOptional, afterSpaces, type Grammar, type Reading } from './grammar.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/** Hermes, Qwen2.5 and Qwen3: `<tool_call>{"name":"f","arguments":{"a":1}}</tool_call>`; the end tag may be missing. */
export const hermes: Grammar = {
  opens(cursor: Cursor): boolean {
    return (
      cursor.literal(OPENER) && cursor.spaces() && cursor.literal('{') && cursor.spaces() && cursor.literal('"', "'")
    )
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    const from = afterSpaces(text, start + OPENER.length)
    const json = readNamedCalls(text, from, tools)
    if (json?.kind === 'unfinished') return { calls: [], end: start, unfinished: nameInPart(text, from) }
    if (!json) return null
    // A brace too many is a common slip; the object itself was whole.
    const end = afterOptional(text, json.end, '</tool_call>', '}\n</tool_call>', '}</tool_call>')
    const [only] = json.calls
    const calls = json.calls.length === 1 && only ? [{ ...only, start, end }] : json.calls
    return { calls, end }
  },
}

const OPENER = '<tool_call>'
