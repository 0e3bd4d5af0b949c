import { z } from 'zod'
import { type RunId, SessionId } from '../ids.ts'
import type { SessionEvent } from '../session/session-event.ts'
import type { SessionView } from '../session/session-view.ts'
import type { AppState } from './app-state.ts'

/** From a viewer: what it wants to see. Parsed on arrival like every input of the window. */
export const FeedRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('subscribe-app') }),
  z.object({ type: z.literal('subscribe'), sessionId: SessionId }),
  z.object({ type: z.literal('unsubscribe'), sessionId: SessionId }),
])
export type FeedRequest = z.infer<typeof FeedRequest>

/**
 * To a viewer, in order, on one channel. After `subscribe` comes one `snapshot`, then `events` with rising `seq`. A
 * viewer that fell too far behind gets a fresh `snapshot` instead of the events it missed.
 */
export type FeedMessage =
  /** Whole values by key; the first message holds every key. */
  | { type: 'app'; change: Partial<AppState> }
  | { type: 'snapshot'; sessionId: SessionId; view: SessionView }
  | { type: 'events'; sessionId: SessionId; events: readonly SessionEvent[] }
  /** No more events: the session was removed or could not be opened. */
  | { type: 'closed'; sessionId: SessionId; message: string }
  /** The person asked outside of the window, as in the tray, to see a place in it. */
  | { type: 'show'; place: Place }

/** Where in the window; a session of null is a new chat. */
export type Place =
  | { page: 'chat'; sessionId: SessionId | null }
  | { page: 'budgets' }
  /** null = the form of a new task. */
  | { page: 'background'; runId: RunId | null }

/** The window's preload posts this with the port; the page checks source and nonce. */
export interface PortHandOver {
  type: 'claw-feed-port'
  nonce: string
}
