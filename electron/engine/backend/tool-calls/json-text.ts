import { parseJson } from '#shared/lib/json.ts'
import { pythonLiteral } from './python-literal.ts'

/** Where the object or list that begins at `start` ends; -1 = it does not. Strings may hold brackets. */
export function endOfJson(text: string, start: number): number {
  let depth = 0
  let quote = ''
  for (let position = start; position < text.length; position++) {
    const character = text.charAt(position)
    if (quote !== '') {
      if (character === '\\') position++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') {
      depth--
      if (depth === 0) return position + 1
    }
  }
  return -1
}

/**
 * JSON as models write it when the server's own parser gave up on it: with raw line breaks in strings, or with the
 * quotes and words of Python. undefined = it is neither.
 */
export function looseJson(text: string): unknown {
  return parseJson(text) ?? parseJson(withEscapedControls(text)) ?? pythonLiteral(text)
}

/** Inside of strings only; outside they are white space. */
function withEscapedControls(text: string): string {
  return text.replace(STRING, (string) => string.replace(CONTROL, (control) => JSON.stringify(control).slice(1, -1)))
}

const STRING = /"(?:[^"\\]|\\.)*"/gs
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON forbids in a string
const CONTROL = /[\u0000-\u001f]/g
