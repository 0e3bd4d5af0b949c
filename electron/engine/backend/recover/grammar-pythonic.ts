import { NotPython, PythonReader } from '../tool-calls/python-literal.ts'
import type { Cursor } from './cursor.ts'
import type { FoundCall, Grammar, Reading } from './grammar.ts'
import { plainName, type ToolSchemas } from './tool-schemas.ts'

/** Llama 3.2 and 4: `[f(a='x'), g()]` and nothing else. */
export const pythonic: Grammar = {
  atStart: true,
  wholeText: true,

  opens(cursor: Cursor, tools: ToolSchemas): boolean {
    if (!cursor.literal('[') || !cursor.spaces()) return false
    const name = plainName(cursor.name())
    return cursor.literal('(') && tools.has(name)
  },

  read: readPythonic,
}

/** Calls between brackets, or one without them. */
export function readPythonic(text: string, start: number): Reading | null {
  const reader = new PythonReader(text, start)
  const calls: FoundCall[] = []
  let name = ''
  try {
    const listed = reader.skipMark('[')
    do {
      reader.spaces()
      const from = reader.position
      // Llama 3.1 writes `f.call(…)` after its python tag.
      name = plainName(reader.name().replace(/\.call$/, ''))
      const given = readKeywords(reader)
      calls.push({ name, arguments: JSON.stringify(given), start: from, end: reader.position })
    } while (listed && reader.skipMark(','))
    if (listed) reader.expect(']')
    return { calls, end: reader.position }
  } catch (error) {
    if (!(error instanceof NotPython)) throw error
    return error.unfinished ? { calls: [], end: start, unfinished: name } : null
  }
}

function readKeywords(reader: PythonReader): Record<string, unknown> {
  reader.expect('(')
  const given: [string, unknown][] = []
  while (!reader.skipMark(')')) {
    const name = reader.name()
    reader.expect('=')
    given.push([name, reader.value()])
    if (!reader.skipMark(',')) {
      reader.expect(')')
      break
    }
  }
  return Object.fromEntries(given)
}
