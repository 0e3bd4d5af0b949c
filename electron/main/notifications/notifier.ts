import { Notification } from 'electron'
import type { Place } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import { SETTLED } from '#shared/lib/settled.ts'
import {
  type AppNotification,
  type NotifiableState,
  notificationsOf,
  openQuestions,
  type Question,
} from './notification-model.ts'

export interface NotifierOptions {
  isWanted(): boolean
  /** Whether the person has it before their eyes; null = the window at all. */
  isSeen(sessionId: SessionId | null): boolean
  show(place: Place): void
  answer(question: Question, decision: Decision): void
}

type Decision = 'allow-once' | 'deny'

/** In the order of the buttons. macOS and Windows have them; on Linux Electron leaves them out. */
const decisions: readonly { text: string; decision: Decision }[] = [
  { text: 'Allow once', decision: 'allow-once' },
  { text: 'Deny', decision: 'deny' },
]

/** Tells of what happens while nobody looks, by the desktop's own notifications: one per event, gone when answered. */
export class Notifier {
  readonly #options: NotifierOptions
  /** Kept, because one that nobody holds loses its click. */
  readonly #shown = new Map<string, Notification>()
  readonly #stopped = new Set<SessionId>()
  #state: NotifiableState

  constructor(options: NotifierOptions, state: NotifiableState) {
    this.#options = options
    this.#state = state
  }

  /** The person stops it, somewhere: its end is no news. What it returns takes that back, where it was not stopped. */
  expectEnd(sessionId: SessionId): () => void {
    this.#stopped.add(sessionId)
    return () => this.#stopped.delete(sessionId)
  }

  update(state: NotifiableState): void {
    const before = this.#state
    this.#state = state
    const open = openQuestions(state.work)
    for (const key of openQuestions(before.work)) if (!open.has(key)) this.#close(key)
    for (const one of notificationsOf(before, state)) this.#tell(one)
    const going = new Set(state.work.map(({ sessionId }) => sessionId))
    for (const sessionId of this.#stopped) if (!going.has(sessionId)) this.#stopped.delete(sessionId)
  }

  close(): void {
    for (const key of [...this.#shown.keys()]) this.#close(key)
  }

  #tell(one: AppNotification): void {
    const { isWanted, isSeen, show, answer } = this.#options
    const sessionId = this.#sessionOf(one.place)
    if (sessionId !== null && this.#stopped.has(sessionId)) return
    if (!isWanted() || isSeen(sessionId) || !Notification.isSupported()) return
    const { title, body, question } = one
    const buttons = question ? decisions : []
    const notification = new Notification({
      title,
      body,
      actions: buttons.map(({ text }) => ({ type: 'button', text })),
    })
    this.#close(one.key)
    this.#shown.set(one.key, notification)
    notification.on('click', () => show(one.place))
    // It may take the place of the one that was just answered: what is pressed at once was not meant for it.
    let shownAt = performance.now()
    // Not every desktop says when it is there.
    notification.on('show', () => {
      shownAt = performance.now()
    })
    notification.on('action', (_details, index) => {
      const chosen = buttons[index]
      if (!question || !chosen) return
      if (performance.now() - shownAt >= SETTLED) answer(question, chosen.decision)
      // The desktop has put it away.
      else if (openQuestions(this.#state.work).has(one.key)) this.#tell(one)
    })
    notification.on('close', () => {
      if (this.#shown.get(one.key) === notification) this.#shown.delete(one.key)
    })
    notification.show()
  }

  #sessionOf(place: Place): SessionId | null {
    if (place.page === 'chat') return place.sessionId
    if (place.page === 'budgets') return null
    return this.#state.app.runs.find(({ runId }) => runId === place.runId)?.sessionId ?? null
  }

  #close(key: string): void {
    this.#shown.get(key)?.close()
    this.#shown.delete(key)
  }
}
