import { beginningOf } from '#shared/lib/whole-characters.ts'
import type { ChatMessage } from '#shared/session/message.ts'

/** So many of the newest calls are told, and so much of each. Characters. */
const CALLS = 20
const ARGUMENTS = 120
const RESULT = 80
/** How much is kept of what the model said last. Characters. */
const LAST_WORDS = 300

/** What a model did and said, oldest first, where it cannot or will not summarise it itself. */
export function summaryOfCalls(messages: readonly ChatMessage[]): string {
  const results = new Map(
    messages.flatMap((message) => (message.role === 'tool' ? [[message.callId, message.content] as const] : [])),
  )
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []))
  const lines = calls
    .slice(-CALLS)
    .map(
      ({ callId, name, arguments: text }) =>
        `- ${name} ${line(text, ARGUMENTS)} → ${line(results.get(callId) ?? '', RESULT)}`,
    )
  const said = messages.findLast((message) => message.role === 'assistant' && message.content.trim() !== '')
  return [
    'What you did, oldest first; look again for what you need of it:',
    ...lines,
    ...(said ? [`You said last: ${line(said.content, LAST_WORDS)}`] : []),
  ].join('\n')
}

function line(text: string, length: number): string {
  const one = text.replace(/\s+/g, ' ').trim()
  return one.length <= length ? one : `${beginningOf(one, length)}…`
}
