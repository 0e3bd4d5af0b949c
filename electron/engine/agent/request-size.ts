import type { ChatMessage } from '#shared/session/message.ts'
import type { ToolDefinition } from '../backend/contract/backend.ts'

const toolSizes = new WeakMap<ToolDefinition, number>()

/** Characters of a request, as far as a model reads them. */
export function charactersOf(messages: readonly ChatMessage[], tools: readonly ToolDefinition[]): number {
  let sum = 0
  for (const message of messages) sum += messageCharacters(message)
  for (const tool of tools) sum += toolCharacters(tool)
  return sum
}

export function messageCharacters(message: ChatMessage): number {
  if (message.role !== 'assistant') return message.content.length
  return message.toolCalls.reduce((sum, call) => sum + call.name.length + call.arguments.length, message.content.length)
}

function toolCharacters(tool: ToolDefinition): number {
  const known = toolSizes.get(tool)
  if (known !== undefined) return known
  const size = JSON.stringify(tool).length
  toolSizes.set(tool, size)
  return size
}
