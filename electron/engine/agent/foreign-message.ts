import type { ChatMessage } from '#shared/session/message.ts'

const known = new WeakMap<ChatMessage, ChatMessage>()

/**
 * A message as a backend gets it that did not write it: without the reasoning, which only its author can read back, and
 * with call ids that every server takes. The same message gives the same object, so that what was sent once stays as it
 * is.
 */
export function foreignMessage(message: ChatMessage): ChatMessage {
  const made = known.get(message)
  if (made) return made
  const foreign = rewritten(message)
  known.set(message, foreign)
  return foreign
}

function rewritten(message: ChatMessage): ChatMessage {
  switch (message.role) {
    case 'system':
    case 'user':
      return message
    case 'tool':
      return { ...message, callId: commonId(message.callId) }
    case 'assistant': {
      const { content, toolCalls } = message
      return {
        role: 'assistant',
        content,
        toolCalls: toolCalls.map((call) => ({ ...call, callId: commonId(call.callId) })),
      }
    }
  }
}

/** Nine letters and digits: Mistral takes no other ids, OpenAI none above 40 characters, and the rest takes any. */
export function commonId(callId: string): string {
  // FNV-1a.
  let hash = 0x811c9dc5
  for (const unit of callId) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return `call${(hash % 36 ** 5).toString(36).padStart(5, '0')}`
}
