import { isRecord } from '#shared/lib/json.ts'
import { ownNames, REMARKS } from './foreign-arguments.ts'
import type { Tool } from './tool.ts'

/** `ignored` = names that the tool does not have and that were left out. */
type ParsedArguments = { ok: true; input: unknown; ignored: readonly string[] } | { ok: false; output: string }

/**
 * Reads the JSON text of a call. Forgives what weak models do and what has one meaning only: `null` for a missing
 * option, a number or a truth value in quotes, no text at all for no arguments, the names that other agents have for the
 * same parameters. All else is said in words.
 */
export function parseArguments(tool: Tool, json: string): ParsedArguments {
  let value: unknown
  try {
    value = json.trim() === '' ? {} : JSON.parse(json)
  } catch (error) {
    return wrong(tool, `they are not valid JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isRecord(value)) return wrong(tool, 'they must be one JSON object')
  const properties = parameterTypes(tool)
  const said = Object.entries(value).filter(([name, entry]) => entry !== null || takesNull(properties[name]))
  const named = ownNames(Object.fromEntries(said), properties)
  const given = Object.fromEntries(
    Object.entries(named).map(([name, entry]) => [name, unquoted(entry, properties[name])]),
  )
  const parsed = tool.parse(given)
  const unknownNames = Object.keys(given).filter((name) => !(name in properties) && !REMARKS.has(name))
  if (parsed.ok) {
    const { input } = parsed
    // A schema that is open takes names which it does not name.
    const ignored = unknownNames.filter((name) => !isRecord(input) || !(name in input))
    if (given.run_in_background === true && ignored.includes('run_in_background')) {
      return wrong(tool, 'there is no run_in_background, and what a command leaves running is ended with it')
    }
    return { ok: true, input, ignored }
  }
  const unknown = unknownNames.length > 0 ? [`there is no ${unknownNames.join(', ')}`] : []
  return wrong(tool, [...parsed.problems, ...unknown].join('; '))
}

function wrong(tool: Tool, problem: string): ParsedArguments {
  const names = Object.keys(parameterTypes(tool)).join(', ')
  return {
    ok: false,
    output: `Error: the arguments of ${tool.name} are wrong: ${problem}. Its parameters are: ${names}.`,
  }
}

/** By tool: its schema says the same at every call. */
const knownTypes = new WeakMap<Tool, Record<string, unknown>>()

/** Name to JSON Schema type: a name, or a list of them. */
function parameterTypes(tool: Tool): Record<string, unknown> {
  const known = knownTypes.get(tool)
  if (known) return known
  const { properties } = tool.parameters
  const types = Object.fromEntries(
    Object.entries(isRecord(properties) ? properties : {}).map(([name, schema]) => [name, typeOf(schema)]),
  )
  knownTypes.set(tool, types)
  return types
}

function unquoted(value: unknown, type: unknown): unknown {
  if (typeof value !== 'string') return value
  if ((type === 'integer' || type === 'number') && /^\s*\d{1,15}\s*$/.test(value)) return Number(value)
  if (type === 'boolean' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true'
  return value
}

function typeOf(schema: unknown): unknown {
  if (!isRecord(schema)) return undefined
  if (schema.type !== undefined) return schema.type
  const choices = schema.anyOf ?? schema.oneOf
  return Array.isArray(choices) ? choices.flatMap(typeOf) : undefined
}

/** A foreign tool may mean something by it. */
function takesNull(type: unknown): boolean {
  return type === 'null' || (Array.isArray(type) && type.includes('null'))
}
