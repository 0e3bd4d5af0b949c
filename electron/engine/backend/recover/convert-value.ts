import { isRecord, parseJson } from '#shared/lib/json.ts'
import { looseJson } from '../tool-calls/json-text.ts'
import { typesOf } from './tool-schemas.ts'

/**
 * The text of a parameter as the value that the tool's schema asks for. What cannot be converted stays text: the
 * check of the arguments then tells the model (docs/servers.md E.4, 3).
 */
export function convertValue(text: string, schema: unknown): unknown {
  const types = typesOf(schema)
  const word = text.trim()
  if ((word === 'null' || word === 'None') && (types.has('null') || (types.size > 0 && !types.has('string'))))
    return null
  if (types.has('string')) return text
  if (types.size === 0) return parseJson(word) ?? text
  if (types.has('boolean')) {
    if (/^true$/i.test(word)) return true
    if (/^false$/i.test(word)) return false
  }
  if (types.has('integer') || types.has('number')) {
    const number = word === '' ? Number.NaN : Number(word)
    if (types.has('number') ? Number.isFinite(number) : Number.isSafeInteger(number)) return number
  }
  if (types.has('array') || types.has('object')) {
    const value = looseJson(word)
    if ((Array.isArray(value) && types.has('array')) || (isRecord(value) && types.has('object'))) return value
  }
  return text
}
