import { create } from 'zustand'
import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import { applyEvent } from '#shared/session/apply-event.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { carryDocuments } from '../lib/text-documents.ts'

/** What the window knows of a session that it follows. */
export interface FollowedSession {
  /** null until the snapshot is here. */
  view: SessionView | null
  /** Why there will be no more of it; null = it is followed. */
  closed: string | null
}

export const notLoaded: FollowedSession = { view: null, closed: null }

/** The sessions that the window follows. Kept by the feed; components select narrowly. */
export const useSessionStore = create<{ sessions: Readonly<Record<SessionId, FollowedSession>> }>()(() => ({
  sessions: {},
}))

export type SessionMessage = Exclude<FeedMessage, { type: 'app' | 'show' }>

/** Applies what came in, in order, in one `set`. */
export function applySessionMessages(messages: readonly SessionMessage[]): void {
  const sessions: Record<SessionId, FollowedSession> = { ...useSessionStore.getState().sessions }
  for (const message of messages) {
    const session = sessions[message.sessionId]
    // An unsubscribed session may still have a message on the way.
    if (session) sessions[message.sessionId] = withMessage(session, message)
  }
  useSessionStore.setState({ sessions })
}

/** Follows a session from its next snapshot on. */
export function expectSession(sessionId: SessionId): void {
  useSessionStore.setState(({ sessions }) => ({ sessions: { ...sessions, [sessionId]: notLoaded } }))
}

/** Follows a session no more: what still comes of it is let go. */
export function forgetSession(sessionId: SessionId): void {
  useSessionStore.setState(({ sessions }) => ({ sessions: omit(sessions, sessionId) }))
}

const urgent: ReadonlySet<SessionEvent['type']> = new Set([
  'approval-request',
  'budget-request',
  'turn-start',
  'message-queued',
  'turn-end',
])

/** Whether a person should see it without delay; text may wait for the next flush. */
export function isUrgent(message: SessionMessage): boolean {
  if (message.type !== 'events') return true
  return message.events.some(({ type }) => urgent.has(type))
}

function withMessage(session: FollowedSession, message: SessionMessage): FollowedSession {
  if (message.type === 'closed') return { ...session, closed: message.message }
  if (message.type === 'snapshot') return { ...session, view: message.view, closed: null }
  if (!session.view) return session
  const view = message.events.reduce(applyEvent, session.view)
  carryDocuments(session.view, view)
  return { ...session, view }
}

function omit(
  sessions: Readonly<Record<SessionId, FollowedSession>>,
  sessionId: SessionId,
): Record<SessionId, FollowedSession> {
  const { [sessionId]: _dropped, ...rest } = sessions
  return rest
}
