import { NotPython, PythonReader } from '../tool-calls/python-literal.ts'
import { convertValue } from './convert-value.ts'
import type { Cursor } from './cursor.ts'
import { afterOptional, type Grammar, matchAt, type Reading } from './grammar.ts'
import { plainName, type ToolSchemas } from './tool-schemas.ts'

/** FunctionGemma: `<start_function_call>call:f{a:<escape>v<escape>,b:1}<end_function_call>`. */
export const functionGemma: Grammar = {
  opens(cursor: Cursor): boolean {
    if (!cursor.literal('<start_function_call>') || !cursor.spaces() || !cursor.literal('call:')) return false
    return cursor.spaces() && cursor.name() !== '' && cursor.literal('{')
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    const header = matchAt(HEADER, text, start)
    if (!header) return null
    const name = plainName(header[1] ?? '')
    const properties = tools.get(name)?.properties
    const reader = new PythonReader(text, start + header[0].length)
    try {
      const given = Object.entries(readObject(reader)).map(([key, value]) => [
        key,
        value instanceof Bare ? convertValue(value.text, properties?.[key]) : plain(value),
      ])
      const end = afterOptional(text, reader.position, '<end_function_call>')
      return { calls: [{ name, arguments: JSON.stringify(Object.fromEntries(given)), start, end }], end }
    } catch (error) {
      if (!(error instanceof NotPython)) throw error
      return error.unfinished ? { calls: [], end: start, unfinished: name } : null
    }
  },
}

const HEADER = /<start_function_call>\s*call:\s*([\w.-]{1,128})(?=\{)/y
const ESCAPE = '<escape>'
const BARE = /[^,{}[\]]+/y

/** A value without quotes: the schema decides what it is. */
class Bare {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function readObject(reader: PythonReader): Record<string, unknown> {
  reader.expect('{')
  const entries: [string, unknown][] = []
  while (!reader.skipMark('}')) {
    const key = reader.skipMark(ESCAPE) ? readEscaped(reader) : reader.name()
    reader.expect(':')
    entries.push([key, readValue(reader)])
    if (!reader.skipMark(',')) {
      reader.expect('}')
      break
    }
  }
  return Object.fromEntries(entries)
}

function readValue(reader: PythonReader): unknown {
  if (reader.skipMark(ESCAPE)) return readEscaped(reader)
  if (reader.text.charAt(reader.position) === '{') return readObject(reader)
  if (reader.skipMark('[')) {
    const items: unknown[] = []
    while (!reader.skipMark(']')) {
      items.push(readValue(reader))
      if (!reader.skipMark(',')) {
        reader.expect(']')
        break
      }
    }
    return items
  }
  const bare = matchAt(BARE, reader.text, reader.position)?.[0]
  if (bare === undefined) throw new NotPython(reader.atEnd)
  reader.position += bare.length
  return new Bare(bare)
}

function readEscaped(reader: PythonReader): string {
  const end = reader.text.indexOf(ESCAPE, reader.position)
  if (end < 0) throw new NotPython(true)
  const value = reader.text.slice(reader.position, end)
  reader.position = end + ESCAPE.length
  return value
}

function plain(value: unknown): unknown {
  if (value instanceof Bare) return convertValue(value.text, {})
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}
