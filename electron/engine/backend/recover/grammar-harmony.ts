import type { Cursor } from './cursor.ts'
import type { Grammar, Reading } from './grammar.ts'
import { readTokenCalls, type TokenFormat } from './grammar-tokens.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/**
 * gpt-oss: `<|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"a":1}<|call|>`; the
 * recipient may stand before the channel, and the beginning and `functions.` may be missing.
 */
export const harmony: Grammar = {
  opens(cursor: Cursor): boolean {
    if (cursor.literal('<|start|>assistant')) {
      cursor.spaces()
      if (cursor.literal(RECIPIENT)) return true
    }
    if (!cursor.literal('<|channel|>') || !cursor.literal('commentary', 'analysis')) return false
    return cursor.spaces() && cursor.literal(RECIPIENT)
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    return readTokenCalls(text, start, tools, format)
  },
}

const RECIPIENT = 'to='

const format: TokenFormat = {
  header:
    /\s*(?:<\|start\|>assistant\s*)?(?:(?:to=(?:functions\.)?(?<name>[\w.-]{1,128})\s*)?<\|channel\|>(?:commentary|analysis)\s*(?:to=(?:functions\.)?(?<late>[\w.-]{1,128})\s*)?)(?:<\|constrain\|>)?\s*(?:json)?\s*(?:<\|message\|>)?\s*(?=\{|$)/y,
  afterCall: /(?:\s*<\|(?:call|end)\|>)?/y,
}
