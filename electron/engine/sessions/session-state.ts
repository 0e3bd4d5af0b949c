import { applyEvent, viewFromStart } from '#shared/session/apply-event.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import type { ToolDefinition } from '#shared/session/tool-definition.ts'
import { Conversation } from '../agent/conversation.ts'
import { NewestTurn } from './open-turn.ts'
import { SessionCounts } from './session-counts.ts'

/**
 * All that is known of a session: one fold over its journal and over what happens now. Its parts fold the same events,
 * each for one reader: the view for people, the conversation for the model, the counts for the budget, the newest turn for
 * whoever goes on with it.
 */
export class SessionState {
  readonly conversation = new Conversation()
  readonly counts = new SessionCounts()
  readonly newestTurn = new NewestTurn()
  /** The tools that the model was told of when the session began; null = its journal is older than that. */
  readonly tools: readonly ToolDefinition[] | null
  #view: SessionView
  #facts = ''
  #instructions = ''

  /** `start` is the first entry of the journal. */
  constructor(start: Extract<SessionEntry, { type: 'session-start' }>) {
    this.tools = start.tools ?? null
    this.#view = viewFromStart(start)
    this.#fold(start)
  }

  get view(): SessionView {
    return this.#view
  }

  /** The facts of the newest turn that had any. */
  get facts(): string {
    return this.#facts
  }

  /** The newest instructions that the model has read; empty = it has read none. */
  get instructions(): string {
    return this.#instructions
  }

  apply(event: SessionEvent): void {
    this.#view = applyEvent(this.#view, event)
    if (isDurable(event)) this.#fold(event)
  }

  /** Nobody in this process waits for those answers any more: whoever goes on with the turn asks again. */
  forgetQuestions(): void {
    this.#view = { ...this.#view, approvals: [] }
  }

  #fold(entry: SessionEntry): void {
    this.conversation.apply(entry)
    this.counts.apply(entry)
    this.newestTurn.apply(entry)
    if (entry.type !== 'turn-start') return
    this.#facts = entry.facts || this.#facts
    this.#instructions = entry.instructions ?? this.#instructions
  }
}

/** Whether an event is an entry of the journal; the others are seen and gone. */
export function isDurable(event: SessionEvent): event is SessionEntry {
  return event.type !== 'phase' && event.type !== 'tool-output'
}
