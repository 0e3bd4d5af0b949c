import type { StreamEvent } from '../contract/backend.ts'

/**
 * Adds a piece of text to events. `join`: what is read at once is one event, so that whoever hears of it pays by the read and
 * not by the token.
 */
export function addPiece(
  events: StreamEvent[],
  type: 'content_delta' | 'reasoning_delta',
  text: string,
  join: boolean,
): void {
  const last = join ? events.at(-1) : undefined
  if (last?.type === type) {
    last.text += text
    last.pieces = (last.pieces ?? 1) + 1
  } else events.push({ type, text })
}
