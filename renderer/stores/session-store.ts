import { create } from 'zustand'
import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import { applyEvent } from '#shared/session/apply-event.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { carryDocuments } from '../lib/text-documents.ts'

export interface SessionSlot {
  /** null until the snapshot is here. */
  view: SessionView | null
  /** Why there will be no more of it; null = it is followed. */
  closed: string | null
}

export const emptySlot: SessionSlot = { view: null, closed: null }

/** The sessions that the window follows. Kept by the feed; components select narrowly. */
export const useSessionStore = create<{ slots: Readonly<Record<SessionId, SessionSlot>> }>()(() => ({ slots: {} }))

export type SessionMessage = Exclude<FeedMessage, { type: 'app' | 'show' }>

/** Applies what came in, in order, in one `set`. */
export function applySessionMessages(messages: readonly SessionMessage[]): void {
  const slots: Record<SessionId, SessionSlot> = { ...useSessionStore.getState().slots }
  for (const message of messages) {
    const slot = slots[message.sessionId]
    // An unsubscribed session may still have a message on the way.
    if (slot) slots[message.sessionId] = nextSlot(slot, message)
  }
  useSessionStore.setState({ slots })
}

export function openSlot(sessionId: SessionId): void {
  useSessionStore.setState(({ slots }) => ({ slots: { ...slots, [sessionId]: emptySlot } }))
}

export function dropSlot(sessionId: SessionId): void {
  useSessionStore.setState(({ slots }) => ({ slots: omit(slots, sessionId) }))
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

function nextSlot(slot: SessionSlot, message: SessionMessage): SessionSlot {
  if (message.type === 'closed') return { ...slot, closed: message.message }
  if (message.type === 'snapshot') return { ...slot, view: message.view, closed: null }
  if (!slot.view) return slot
  const view = message.events.reduce(applyEvent, slot.view)
  carryDocuments(slot.view, view)
  return { ...slot, view }
}

function omit(slots: Readonly<Record<SessionId, SessionSlot>>, sessionId: SessionId): Record<SessionId, SessionSlot> {
  const { [sessionId]: _dropped, ...rest } = slots
  return rest
}
