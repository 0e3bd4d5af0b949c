import type { StreamEvent } from '../contract/backend.ts'

/** Adds a piece of text to events. What is read at once is one event: whoever hears of it pays by the read, not by the token. */
export function addPiece(events: StreamEvent[], type: 'content_delta' | 'reasoning_delta', text: string): void {
  const last = events.at(-1)
  if (last?.type === type) {
    last.text += text
    last.pieces = (last.pieces ?? 1) + 1
  } else events.push({ type, text })
}
