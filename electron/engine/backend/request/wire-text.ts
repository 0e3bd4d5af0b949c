import { wholeCharacters } from '#shared/lib/whole-characters.ts'

/**
 * JSON for a request: half a character, which servers refuse with the whole conversation around it (docs/servers.md I), is
 * sent as U+FFFD wherever it stands. The same value gives the same bytes.
 */
export function wireJson(value: unknown): string {
  // It writes whole characters as they are, and only halves as escapes.
  return withoutHalfEscapes(JSON.stringify(value))
}

/** JSON text that a model wrote, without halves of characters, be they raw or escaped; all else byte for byte. */
export function wholeJsonText(text: string): string {
  return withoutHalfEscapes(wholeCharacters(text))
}

/** The name of a tool as every server takes it back; one that is invented may hold anything. */
export function wireName(name: string): string {
  if (WIRE_NAME.test(name)) return name
  const plain = name.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 64)
  return /[A-Za-z0-9]/.test(plain) ? plain : 'unknown_tool'
}

const WIRE_NAME = /^[A-Za-z0-9_-]{1,64}$/
const HALF_ESCAPE = /\\u[dD][89a-fA-F]/
/** Every escape, so that a backslash that is escaped itself begins none; a pair of halves is one. */
const ESCAPES = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)/gs

function withoutHalfEscapes(json: string): string {
  if (!HALF_ESCAPE.test(json)) return json
  return json.replace(ESCAPES, (found, half) => (half === undefined ? found : '\\ufffd'))
}
