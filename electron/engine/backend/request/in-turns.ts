import type { ContentPart } from '#shared/session/content.ts'
import type { ChatMessage } from '#shared/session/message.ts'

/**
 * A conversation for a chat template that lets user and assistant only take turns: messages of one side in a row
 * become one, and between the result of a call and what a person says the assistant says a word. What needs no change
 * stays the same object.
 */
export function inTurns(messages: readonly ChatMessage[]): ChatMessage[] {
  const turns: ChatMessage[] = []
  for (const message of messages) {
    const last = turns.at(-1)
    if (last?.role === 'user' && message.role === 'user') {
      turns[turns.length - 1] = {
        ...last,
        content: `${last.content}\n\n${message.content}`,
        ...((last.parts || message.parts) && { parts: [...partsOf(last), ...partsOf(message)] }),
      }
    } else if (last?.role === 'assistant' && message.role === 'assistant' && last.toolCalls.length === 0) {
      turns[turns.length - 1] = { ...message, content: joined(last.content, message.content) }
    } else {
      if (last?.role === 'tool' && message.role === 'user') turns.push(filler)
      turns.push(message)
    }
  }
  return turns
}

function partsOf({ content, parts }: Extract<ChatMessage, { role: 'user' }>): readonly ContentPart[] {
  return parts ?? [{ type: 'text', text: content }]
}

const filler: ChatMessage = { role: 'assistant', content: 'I have the results.', toolCalls: [] }

function joined(...texts: string[]): string {
  return texts.filter((text) => text !== '').join('\n\n')
}
