import { readArguments } from './call-arguments.ts'
import { afterSpaces, type FoundCall, matchAt, type Reading } from './grammar.ts'
import { plainName, type ToolSchemas } from './tool-schemas.ts'

/** A format of special tokens around a name and one JSON object; several calls stand in one section. */
export interface TokenFormat {
  /** Sticky: everything up to the JSON, with group `name` or `late`; it ends before `{` or at the end of the text. */
  header: RegExp
  afterCall: RegExp
  afterSection?: RegExp
}

export function readTokenCalls(text: string, start: number, tools: ToolSchemas, format: TokenFormat): Reading | null {
  const calls: FoundCall[] = []
  let position = start
  for (;;) {
    const header = matchAt(format.header, text, position)
    if (!header) break
    const from = position + header[0].length
    const name = header.groups?.name ?? header.groups?.late ?? ''
    if (name === '') break
    const json = from < text.length ? readArguments(text, from, name, tools) : null
    if (json === null || json.kind === 'unfinished') return { calls, end: position, unfinished: plainName(name) }
    const end = after(format.afterCall, text, json.end)
    const begin = afterSpaces(text, position)
    const only = json.calls.length === 1
    calls.push(...json.calls.map((call) => (only ? { ...call, start: begin, end } : call)))
    position = end
  }
  if (calls.length === 0) return null
  return { calls, end: format.afterSection ? after(format.afterSection, text, position) : position }
}

function after(expression: RegExp, text: string, start: number): number {
  return start + (matchAt(expression, text, start)?.[0].length ?? 0)
}
