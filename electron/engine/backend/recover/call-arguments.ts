import { isRecord, type JsonRecord, parseJson } from '#shared/lib/json.ts'
import { endOfJson, looseJson } from '../tool-calls/json-text.ts'
import { afterSpaces, type FoundCall } from './grammar.ts'
import { fits, plainName, type ToolSchemas } from './tool-schemas.ts'

/** Calls out of JSON, and where the JSON ends; `unfinished` = the text ends inside of it. */
export type JsonReading = { kind: 'whole'; calls: FoundCall[]; end: number } | Unfinished

interface Unfinished {
  kind: 'unfinished'
}

const unfinished: Unfinished = { kind: 'unfinished' }

/**
 * The argument object of a named call, which begins at `start`. Two objects one after the other are two calls if the tool takes both of them;
 * otherwise nobody knows what was meant, and none runs (docs/servers.md E.4, 5).
 */
export function readArguments(text: string, start: number, name: string, tools: ToolSchemas): JsonReading {
  const read = readObjects(text, start)
  if (read.kind === 'unfinished') return read
  const { objects } = read
  const tool = tools.get(plainName(name))
  const values = objects.map((object) => object.value)
  const separate = objects.length > 1 && tool && values.every((value) => isRecord(value) && fits(tool, value))
  const end = objects.at(-1)?.end ?? start
  if (objects.length === 1 || separate) {
    return {
      kind: 'whole',
      calls: objects.map((object) => ({ ...argumentsOf(name, object.value, object.text), ...range(object) })),
      end,
    }
  }
  const call = { name: plainName(name), arguments: text.slice(start, end), problem: JOINED, start, end }
  return { kind: 'whole', calls: [call], end }
}

/**
 * `{"name": …, "arguments": …}`, one or several with blanks, line breaks, commas or semicolons between them, or a list of
 * them. Two that touch each other are taken only if the tools take both.
 */
export function readNamedCalls(text: string, start: number, tools: ToolSchemas): JsonReading | null {
  if (text.charAt(start) === '[') return readList(text, start, tools)
  const calls: FoundCall[] = []
  let touching = false
  let position = start
  while (text.charAt(position) === '{') {
    const end = endOfJson(text, position)
    if (end < 0) return unfinished
    const source = text.slice(position, end)
    const call = namedCall(looseJson(source), source)
    if (!call) break
    touching ||= calls.at(-1)?.end === position
    calls.push({ ...call, start: position, end })
    SEPARATOR.lastIndex = end
    position = end + (SEPARATOR.exec(text)?.[0].length ?? 0)
  }
  const end = calls.at(-1)?.end
  if (end === undefined) return null
  if (touching && !calls.every((call) => fitsTool(call, tools))) {
    return { kind: 'whole', calls: calls.map((call) => ({ ...call, problem: JOINED })), end }
  }
  return { kind: 'whole', calls, end }
}

/** The name in a JSON call that is not whole; '' = it does not say. */
export function nameInPart(text: string, start: number): string {
  return plainName(/"name"\s*:\s*"([\w.-]+)"/.exec(text.slice(start, start + 10_000))?.[1] ?? '')
}

const JOINED = 'Several argument objects were joined into one call. Make one call for each.'
const NO_JSON = 'The arguments are not valid JSON.'
const NO_OBJECT = 'The arguments are not a JSON object.'
const SEPARATOR = /\s*[;,]?\s*/y

function readList(text: string, start: number, tools: ToolSchemas): JsonReading | null {
  const end = endOfJson(text, start)
  if (end < 0) return unfinished
  const value = looseJson(text.slice(start, end))
  if (!Array.isArray(value)) return null
  const calls = value.map((one) => namedCall(one, ''))
  if (calls.length === 0 || calls.some((call) => call === null || !tools.has(call.name))) return null
  const found = calls.filter((call) => call !== null).map((call) => ({ ...call, start, end }))
  return { kind: 'whole', calls: found, end }
}

interface JsonObject {
  text: string
  value: unknown
  start: number
  end: number
}

function readObjects(text: string, start: number): { kind: 'whole'; objects: JsonObject[] } | Unfinished {
  const objects: JsonObject[] = []
  for (let position = start; text.charAt(position) === '{'; ) {
    const end = endOfJson(text, position)
    if (end < 0) return unfinished
    const source = text.slice(position, end)
    objects.push({ text: source, value: looseJson(source), start: position, end })
    position = afterSpaces(text, end)
  }
  return { kind: 'whole', objects }
}

function range({ start, end }: JsonObject) {
  return { start, end }
}

type NamedCall = Pick<FoundCall, 'name' | 'arguments' | 'problem'>

/** null = not a call; one whose arguments cannot be read is a call that must not run. */
function namedCall(value: unknown, source: string): NamedCall | null {
  if (!isRecord(value)) {
    const name = value === undefined ? nameInPart(source, 0) : ''
    return name && CALL_KEY.test(source) ? { name, arguments: source, problem: NO_JSON } : null
  }
  const call = isRecord(value.function) ? value.function : value
  const name = typeof call.name === 'string' ? call.name : value.type === 'function' ? value.function : undefined
  if (typeof name !== 'string' || name === '') return null
  const given = call.arguments ?? call.parameters ?? value.arguments ?? value.parameters ?? {}
  return argumentsOf(name, typeof given === 'string' ? looseJson(given) : given, String(given))
}

const CALL_KEY = /"(?:arguments|parameters)"\s*:/

function argumentsOf(name: string, value: unknown, source: string): NamedCall {
  const call = { name: plainName(name), arguments: isRecord(value) ? verbatim(value, source) : source }
  if (value === undefined) return { ...call, problem: NO_JSON }
  return isRecord(value) ? call : { ...call, problem: NO_OBJECT }
}

/** The model's own spelling where it is JSON: large numbers keep their digits. */
function verbatim(value: JsonRecord, source: string): string {
  return isRecord(parseJson(source)) ? source : JSON.stringify(value)
}

function fitsTool(call: FoundCall, tools: ToolSchemas): boolean {
  const tool = tools.get(call.name)
  const value = parseJson(call.arguments)
  return tool !== undefined && isRecord(value) && fits(tool, value)
}
