import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import { LOOKED_AT, visibleOutput, visibleText } from '#shared/lib/visible-text.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { shown } from './shown.ts'

/** The end of the text that the model writes, by kind: what follows is judged by it. */
interface Ends {
  'text-delta': string
  'reasoning-delta': string
}

/**
 * The door through which all that a session holds reaches the window. Whatever is told to a viewer goes through `of`, so
 * that no place in the page has to think of invisible characters. One of these belongs to one viewer.
 */
export class ShownMessages {
  readonly #ends = new Map<SessionId, Ends>()

  of(message: FeedMessage): FeedMessage {
    switch (message.type) {
      case 'snapshot':
        this.#ends.set(message.sessionId, endsOf(message.view))
        return { ...message, view: shown(message.view) }
      case 'events':
        return { ...message, events: this.#events(message.sessionId, message.events) }
      case 'closed':
        this.#ends.delete(message.sessionId)
        return shown(message)
      case 'app':
        return shown(message)
      case 'show':
        return message
    }
  }

  #events(sessionId: SessionId, events: readonly SessionEvent[]): readonly SessionEvent[] {
    const ends = this.#ends.get(sessionId) ?? { 'text-delta': '', 'reasoning-delta': '' }
    this.#ends.set(sessionId, ends)
    return events.map((event) => shownEvent(event, ends))
  }
}

function shownEvent(event: SessionEvent, ends: Ends): SessionEvent {
  if (event.type === 'text-delta' || event.type === 'reasoning-delta') {
    const before = ends[event.type]
    ends[event.type] = (before + event.text).slice(-LOOKED_AT)
    const text = visibleText(event.text, before)
    return text === event.text ? event : { ...event, text }
  }
  // The person's own words, which can be taken back and changed.
  if (event.type === 'message-queued') return event
  if (event.type !== 'tool-output') return shown(event)
  const text = visibleOutput(event.text)
  return text === event.text ? event : { ...event, text }
}

/** What a model is writing when somebody begins to look. */
function endsOf({ turns }: SessionView): Ends {
  const last = turns.at(-1)?.items.at(-1)
  const end = (kind: 'text' | 'reasoning') => (last?.kind === kind ? last.text.slice(-LOOKED_AT) : '')
  return { 'text-delta': end('text'), 'reasoning-delta': end('reasoning') }
}
