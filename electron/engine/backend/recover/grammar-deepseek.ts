import type { Cursor } from './cursor.ts'
import type { Grammar, Reading } from './grammar.ts'
import { readTokenCalls, type TokenFormat } from './grammar-tokens.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/**
 * DeepSeek: V3 and R1 put `function`, a separator, the name and fenced JSON into a call, V3.1 name, separator, JSON.
 * The tokens are written with U+FF5C and U+2581; some templates turn them into their ASCII likes.
 */
export const deepseek: Grammar = {
  opens(cursor: Cursor): boolean {
    return OPENERS.some((words) => {
      const trial = cursor.position
      if (cursor.literal('<') && words.every((mark) => cursor.literal(...mark))) return true
      cursor.position = trial
      return false
    })
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    return readTokenCalls(text, start, tools, format)
  },
}

const BAR = ['｜', '|']
const JOINT = ['▁', '_', ' ']
const BEGIN = [JOINT, ['begin'], BAR, ['>']]
const OPENERS = [
  [BAR, ['tool'], JOINT, ['calls'], ...BEGIN],
  // Its ASCII like is Kimi's.
  [['｜'], ['tool'], JOINT, ['call'], ...BEGIN],
]

const token = (...words: readonly string[]) => `<[｜|]${['tool', ...words].join('[▁_ ]')}[｜|]>`
const SEPARATOR = token('sep')
const NAME = '[\\w.-]{1,128}'

const format: TokenFormat = {
  header: new RegExp(
    `\\s*(?:${token('calls', 'begin')}\\s*)?${token('call', 'begin')}\\s*` +
      `(?:function${SEPARATOR}\\s*(?=${NAME}(?:\\s|$)))?(?<name>${NAME})\\s*(?:${SEPARATOR}|\`\`\`(?:json)?)?\\s*(?=\\{|$)`,
    'y',
  ),
  afterCall: new RegExp(`(?:\\s*\`\`\`)?(?:\\s*${token('call', 'end')})?`, 'y'),
  afterSection: new RegExp(`(?:\\s*${token('calls', 'end')})?`, 'y'),
}
