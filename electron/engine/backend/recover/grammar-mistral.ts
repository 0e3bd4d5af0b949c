import { nameInPart, readNamedCalls } from './call-arguments.ts'
import type { Cursor } from './cursor.ts'
import { afterSpaces, type Grammar, type Reading } from './grammar.ts'
import { readTokenCalls, type TokenFormat } from './grammar-tokens.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/** Mistral: `[TOOL_CALLS][{"name":"f","arguments":{}}]`, newer `[TOOL_CALLS]f[CALL_ID]x[ARGS]{}` for each call. */
export const mistral: Grammar = {
  opens(cursor: Cursor): boolean {
    if (!cursor.literal(OPENER) || !cursor.spaces()) return false
    if (cursor.literal('[', '{')) return true
    return cursor.name() !== '' && cursor.spaces() && cursor.literal('[ARGS]', '[CALL_ID]', '{')
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    const from = afterSpaces(text, start + OPENER.length)
    if (!'[{'.includes(text.charAt(from))) return readTokenCalls(text, start, tools, named)
    const json = readNamedCalls(text, from, tools)
    return json?.kind === 'unfinished' ? { calls: [], end: start, unfinished: nameInPart(text, from) } : json
  },
}

const OPENER = '[TOOL_CALLS]'

const named: TokenFormat = {
  header: /\s*\[TOOL_CALLS\]\s*(?<name>[\w.-]{1,128})\s*(?:\[CALL_ID\]\w*)?\s*(?:\[ARGS\])?\s*(?=\{|$)/y,
  afterCall: /(?:)/y,
}
