import type { MessageId } from '../ids.ts'

/** The messages that wait with one more, `before` another one if that still waits, else after all. */
export function inQueue<Message extends { messageId: MessageId }>(
  queued: readonly Message[],
  message: Message,
  before: MessageId | undefined,
): Message[] {
  const index = queued.findIndex(({ messageId }) => messageId === before)
  return index === -1 ? [...queued, message] : queued.toSpliced(index, 0, message)
}
