import { nameInPart, readNamedCalls } from './call-arguments.ts'
import type { Cursor } from './cursor.ts'
import { afterOptional, afterSpaces, type Grammar, type Reading } from './grammar.ts'
import { readPythonic } from './grammar-pythonic.ts'
import type { ToolSchemas } from './tool-schemas.ts'

/** Llama: `<|python_tag|>` before JSON or `f.call(a=1)`, and Llama 4's `<|python_start|>[f(a=1)]<|python_end|>`. */
export const llama: Grammar = {
  opens(cursor: Cursor): boolean {
    if (!cursor.literal(...OPENERS) || !cursor.spaces()) return false
    if (cursor.literal('{', '[')) return true
    return cursor.name() !== '' && cursor.literal('(')
  },

  read(text: string, start: number, tools: ToolSchemas): Reading | null {
    const from = afterSpaces(text, afterOptional(text, start, ...OPENERS))
    const json = readNamedCalls(text, from, tools)
    if (json?.kind === 'unfinished') return { calls: [], end: start, unfinished: nameInPart(text, from) }
    const reading = json ?? readPythonic(text, from)
    return reading && { ...reading, end: afterOptional(text, reading.end, '<|python_end|>') }
  },
}

const OPENERS = ['<|python_tag|>', '<|python_start|>']
