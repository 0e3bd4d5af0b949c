import { isRecord } from '#shared/lib/json.ts'
import type { ToolCall } from '#shared/session/message.ts'
import type { ToolDefinition } from '../contract/backend.ts'

/**
 * The call with its arguments in the order in which the tool names its parameters; unknown ones stay behind them. Ollama
 * reads a call into a map and hands its members out in another order each time: a small model that finds its own call
 * shuffled in the history of another server makes it again (seen).
 */
export function inParameterOrder(call: ToolCall, tools: readonly ToolDefinition[]): ToolCall {
  const properties = tools.find(({ name }) => name === call.name)?.parameters.properties
  if (!isRecord(properties)) return call
  const given: unknown = JSON.parse(call.arguments)
  if (!isRecord(given)) return call
  const names = Object.keys(given)
  const wanted = Object.keys(properties).filter((name) => name in given)
  const ordered = [...wanted, ...names.filter((name) => !wanted.includes(name))]
  if (ordered.every((name, position) => name === names[position])) return call
  return { ...call, arguments: JSON.stringify(Object.fromEntries(ordered.map((name) => [name, given[name]]))) }
}
