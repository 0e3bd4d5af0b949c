import { isRecord, type JsonRecord } from '#shared/lib/json.ts'
import type { ToolDefinition } from '../contract/backend.ts'

/** What the reading of a call needs to know about its tool. */
export interface ToolSchema {
  name: string
  /** null = it takes any. */
  properties: JsonRecord | null
  required: readonly string[]
}

export type ToolSchemas = ReadonlyMap<string, ToolSchema>

export function toolSchemas(tools: readonly ToolDefinition[]): ToolSchemas {
  return new Map(tools.map((tool) => [tool.name, toolSchema(tool)]))
}

function toolSchema({ name, parameters }: ToolDefinition): ToolSchema {
  const { properties, required } = parameters
  return {
    name,
    properties: isRecord(properties) ? properties : null,
    required: Array.isArray(required) ? required.filter((one) => typeof one === 'string') : [],
  }
}

/** gpt-oss and Kimi write `functions.` before the name of a tool. */
export function plainName(name: string): string {
  return name.startsWith('functions.') ? name.slice('functions.'.length) : name
}

/** The types that a JSON Schema allows; empty = any. */
export function typesOf(schema: unknown): ReadonlySet<string> {
  if (!isRecord(schema)) return new Set()
  const { type, anyOf, oneOf, enum: values, const: value } = schema
  if (typeof type === 'string') return new Set([type])
  if (Array.isArray(type)) return new Set(type.filter((one) => typeof one === 'string'))
  for (const choices of [anyOf, oneOf]) {
    if (!Array.isArray(choices)) continue
    const types = choices.map(typesOf)
    return types.some(({ size }) => size === 0) ? new Set() : new Set(types.flatMap((one) => [...one]))
  }
  if (Array.isArray(values)) return new Set(values.map(typeOf))
  return value === undefined ? new Set() : new Set([typeOf(value)])
}

/** Whether a tool could take these arguments: all required ones are there, none is unknown or of another type. */
export function fits(tool: ToolSchema, given: JsonRecord): boolean {
  if (!tool.required.every((name) => name in given)) return false
  const { properties } = tool
  if (!properties) return true
  return Object.entries(given).every(([name, value]) => {
    if (!Object.hasOwn(properties, name)) return false
    const types = typesOf(properties[name])
    const type = typeOf(value)
    return types.size === 0 || types.has(type) || (type === 'integer' && types.has('number'))
  })
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}
