import { isRecord, type JsonRecord, parseJson } from '#shared/lib/json.ts'
import { endOfJson, looseJson } from './json-text.ts'

/**
 * Arguments that are no JSON and yet can be read in one way only, as the JSON that they mean: what was wrong goes with it.
 * `several` = they hold objects that differ, and nobody knows which of them is meant. `none` = they cannot be read.
 */
export function oneReading(
  received: string,
): { kind: 'one'; text: string; mended: string } | { kind: 'several' } | { kind: 'none' } {
  const wrong: string[] = []
  const { inner, around } = unwrapped(received.trim())
  wrong.push(...around)
  const sources = objectsIn(inner)
  if (!sources) return { kind: 'none' }
  const values: JsonRecord[] = []
  for (const source of sources) {
    const { value, mended } = read(source)
    if (!isRecord(value)) return { kind: 'none' }
    if (mended) wrong.push(mended)
    values.push(value)
  }
  const spoken = values.filter((value) => Object.keys(value).length > 0)
  const [first] = spoken
  if (!first) return { kind: 'none' }
  const text = JSON.stringify(first)
  if (spoken.some((value) => JSON.stringify(value) !== text)) return { kind: 'several' }
  if (values.length > spoken.length) wrong.push('an empty object beside them')
  if (spoken.length > 1) wrong.push('the same object more than once')
  return { kind: 'one', text, mended: wrong.join(', ') }
}

function read(source: string): { value: unknown; mended: string } {
  const strict = parseJson(source)
  if (strict !== undefined) return { value: strict, mended: '' }
  const withoutComma = parseJson(withoutLastCommas(source))
  if (withoutComma !== undefined) return { value: withoutComma, mended: 'a comma at an end' }
  return { value: looseJson(source), mended: 'a spelling that is not JSON' }
}

/** A fence of Markdown around them, or tags of a chat template behind them. */
function unwrapped(text: string): { inner: string; around: string[] } {
  const fenced = /^```\w*\s*(\{.*\})\s*```$/s.exec(text)?.[1]
  if (fenced !== undefined) return { inner: fenced, around: ['a fence around them'] }
  const untagged = text.replace(/\}(?:\s*<[/|]?[\w:.-]+\|?>)+$/, '}')
  return { inner: untagged, around: untagged === text ? [] : ['a tag behind them'] }
}

/** The texts of objects that follow each other with nothing but white space between them; null = there is something else. */
function objectsIn(text: string): string[] | null {
  const sources: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = text[at] === '{' ? endOfJson(text, at) : -1
    if (end === -1) return null
    sources.push(text.slice(at, end))
    at = end + (text.slice(end).match(/^\s+/)?.[0].length ?? 0)
  }
  return sources.length > 0 ? sources : null
}

/** Outside of strings. */
function withoutLastCommas(text: string): string {
  return text.replace(
    /("(?:[^"\\]|\\.)*")|,(\s*[}\]])/gs,
    (_found, string?: string, end?: string) => string ?? end ?? '',
  )
}
