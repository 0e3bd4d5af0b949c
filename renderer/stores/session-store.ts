import { create } from 'zustand'
import type { FeedMessage } from '#shared/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import type { SessionEvent } from '#shared/session-event.ts'
import { applyEvent, type SessionView } from '#shared/session-view.ts'
import { carryDocuments } from '../lib/text-documents.ts'

export interface SessionSlot {
  /** null until the snapshot is here. */
  view: SessionView | null
  /** Why there will be no more of it; null = it is followed. */
  closed: string | null
  /** Sent while a turn ran and not read by it yet. */
  queued: readonly string[]
  /** Of the newest model call that was seen here. */
}

export const emptySlot: SessionSlot = { view: null, closed: null, queued: [] }

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

export function queueText(sessionId: SessionId, text: string): void {
  changeSlot(sessionId, (slot) => ({ ...slot, queued: [...slot.queued, text] }))
}

/** The text was not taken, or was read: the first such one goes. */
export function unqueueText(sessionId: SessionId, text: string): void {
  changeSlot(sessionId, (slot) => ({ ...slot, queued: without(slot.queued, text) }))
}

const urgent: ReadonlySet<SessionEvent['type']> = new Set([
  'approval-request',
  'budget-request',
  'turn-start',
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
  return message.events.reduce(followEvent, { ...slot, view })
}

function followEvent(slot: SessionSlot, event: SessionEvent): SessionSlot {
  if (event.type === 'follow-up') return { ...slot, queued: without(slot.queued, event.text) }
  if (event.type === 'turn-end' && slot.queued.length > 0) return { ...slot, queued: [] }
  return slot
}

function changeSlot(sessionId: SessionId, change: (slot: SessionSlot) => SessionSlot): void {
  useSessionStore.setState(({ slots }) => {
    const slot = slots[sessionId]
    return slot ? { slots: { ...slots, [sessionId]: change(slot) } } : {}
  })
}

function without(texts: readonly string[], text: string): readonly string[] {
  const index = texts.indexOf(text)
  return index < 0 ? texts : texts.toSpliced(index, 1)
}

function omit(slots: Readonly<Record<SessionId, SessionSlot>>, sessionId: SessionId): Record<SessionId, SessionSlot> {
  const { [sessionId]: _dropped, ...rest } = slots
  return rest
}
