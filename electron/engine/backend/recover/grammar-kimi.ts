import type { Cursor } from './cursor.ts'
import type { Grammar, Reading } from './grammar.ts'
import { readTokenCalls, type TokenFormat } from './grammar-tokens.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/** Kimi K2: a section of `<|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{"a":1}<|tool_call_end|>`. */
export const kimi: Grammar = {
  opens(cursor: Cursor): boolean {
    if (cursor.literal('<|tool_calls_section_begin|>')) cursor.spaces()
    return cursor.literal('<|tool_call_begin|>') && cursor.spaces() && cursor.name() !== '' && cursor.literal(':')
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    return readTokenCalls(text, start, tools, format)
  },
}

const format: TokenFormat = {
  header:
    /\s*(?:<\|tool_calls_section_begin\|>\s*)?<\|tool_call_begin\|>\s*(?<name>[\w.-]{1,128})(?::\d*)?\s*(?:<\|tool_call_argument_begin\|>)?\s*(?=\{|$)/y,
  afterCall: /(?:\s*<\|tool_call_end\|>)?/y,
  afterSection: /(?:\s*<\|tool_calls_section_end\|>)?/y,
}
