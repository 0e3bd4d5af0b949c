import type { Cursor } from './cursor.ts'
import type { Grammar, Reading } from './grammar.ts'
import { readTokenCalls, type TokenFormat } from './grammar-tokens.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/**
 * gpt-oss and Mistral where the server dropped the special tokens and kept the rest: `commentary to=functions.f json{}`
 * and `f[ARGS]{}`. Little is left to tell it by, so only at the beginning of an answer.
 */
export const lostTokens: Grammar = {
  atStart: true,

  opens(cursor: Cursor, tools: ToolSchemas): boolean {
    const names = [...tools.keys()]
    return cursor.literal(
      ...names.map((name) => `${name}[ARGS]`),
      ...HARMONY.flatMap((words) => names.map((name) => `${words}${name} `)),
    )
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    return readTokenCalls(text, start, tools, formatAt(text, start))
  },
}

const HARMONY = ['commentary to=functions.', 'assistantcommentary to=functions.']

function formatAt(text: string, start: number): TokenFormat {
  return HARMONY.some((words) => text.startsWith(words, start)) ? harmony : mistral
}

const harmony: TokenFormat = {
  header: /\s*(?:assistant)?commentary to=functions\.(?<name>[\w.-]{1,128}) +(?:json)?\s*(?=\{|$)/y,
  afterCall: /(?:)/y,
}

const mistral: TokenFormat = {
  header: /\s*(?<name>[\w.-]{1,128})\[ARGS\]\s*(?=\{|$)/y,
  afterCall: /(?:)/y,
}
