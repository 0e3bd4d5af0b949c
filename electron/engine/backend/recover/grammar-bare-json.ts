import { nameInPart, readNamedCalls } from './call-arguments.ts'
import type { Cursor } from './cursor.ts'
import { afterOptional, type Grammar, type Reading } from './grammar.ts'
import { plainName, type ToolSchemas } from './tool-schemas.ts'

/** Llama 3: `{"name":"f","parameters":{"a":1}}` and nothing else, several joined by `;`. Also where tags were lost. */
export const bareJson: Grammar = {
  atStart: true,
  wholeText: true,

  opens(cursor: Cursor, tools: ToolSchemas): boolean {
    cursor.literal('[')
    cursor.spaces()
    if (!cursor.literal('{') || !cursor.spaces()) return false
    if (cursor.literal('"type"')) return colon(cursor) && cursor.literal('"function"')
    if (cursor.literal('"function"')) return colon(cursor) && cursor.literal('{')
    if (!cursor.literal('"name"') || !colon(cursor) || !cursor.literal('"')) return false
    const name = plainName(cursor.name())
    return cursor.literal('"') && tools.has(name)
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    const json = readNamedCalls(text, start, tools)
    if (json?.kind === 'unfinished') return { calls: [], end: start, unfinished: nameInPart(text, start) }
    return json && { calls: json.calls, end: afterOptional(text, json.end, '</tool_call>') }
  },
}

function colon(cursor: Cursor): boolean {
  return cursor.spaces() && cursor.literal(':') && cursor.spaces()
}
