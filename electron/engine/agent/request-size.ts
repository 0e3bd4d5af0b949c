import { type ImagePart, imagesIn } from '#shared/session/content.ts'
import type { ChatMessage } from '#shared/session/message.ts'
import type { ToolDefinition } from '../backend/contract/backend.ts'

/** What an image counts as: servers ask for 100 to 2,000 tokens, depending on its size and theirs. */
const IMAGE_CHARACTERS = 4_800

const toolSizes = new WeakMap<ToolDefinition, number>()

/** Characters of a request, as far as a model reads them. */
export function charactersOf(messages: readonly ChatMessage[], tools: readonly ToolDefinition[]): number {
  let sum = 0
  for (const message of messages) sum += messageCharacters(message)
  for (const tool of tools) sum += toolCharacters(tool)
  return sum
}

export function messageCharacters(message: ChatMessage): number {
  if (message.role === 'system') return message.content.length
  if (message.role !== 'assistant') return message.content.length + imagesIn(message.parts).length * IMAGE_CHARACTERS
  return message.toolCalls.reduce((sum, call) => sum + call.name.length + call.arguments.length, message.content.length)
}

function toolCharacters(tool: ToolDefinition): number {
  const known = toolSizes.get(tool)
  if (known !== undefined) return known
  const size = JSON.stringify(tool).length
  toolSizes.set(tool, size)
  return size
}

export function imagesOfMessages(messages: readonly ChatMessage[]): readonly ImagePart[] {
  return messages.flatMap((message) => ('parts' in message ? imagesIn(message.parts) : []))
}
