import { FailureError } from '#shared/failure.ts'
import type { AppState } from '#shared/feed/app-state.ts'
import { type FeedMessage, FeedRequest, type Place } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import type { Channel } from '../lib/channel.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import type { SessionHolds } from './session-holds.ts'
import { ShownMessages } from './shown-messages.ts'
import { Viewer } from './viewer.ts'

export interface FeedSources {
  sessions: Sessions
  holds: SessionHolds
  app: { state(): AppState; onChange(listener: (change: Partial<AppState>) => void): Unsubscribe }
  /** A defect of ours, to be logged. */
  onDefect(error: unknown): void
}

/** Sends every viewer what it asked for: the state of the app, and sessions as a snapshot and then their events. */
export class FeedServer {
  readonly #sources: FeedSources
  readonly #viewers = new Set<WindowViewer>()
  /** Asked for while there was no page to show it. */
  #place: Place | null = null

  constructor(sources: FeedSources) {
    this.#sources = sources
  }

  /** Serves a viewer until its channel closes. */
  attach(channel: Channel<FeedMessage>, behindBytes?: number): void {
    const viewer = new WindowViewer(channel, this.#sources, behindBytes)
    this.#viewers.add(viewer)
    channel.onMessage((message) => {
      viewer.receive(message)
      if (this.#place && viewer.showPlace(this.#place)) this.#place = null
    })
    channel.onClose(() => {
      this.#viewers.delete(viewer)
      viewer.close()
    })
  }

  /** Takes the window to a place; while there is no page, the next one goes there. */
  show(place: Place): void {
    const shown = [...this.#viewers].filter((viewer) => viewer.showPlace(place))
    this.#place = shown.length > 0 ? null : place
  }

  /** Whether a page has this session open, as the one that is shown. */
  isShown(sessionId: SessionId): boolean {
    return [...this.#viewers].some((viewer) => viewer.follows(sessionId))
  }
}

/** `session` is missing while it is being opened. */
interface Subscription {
  session?: Session
}

class WindowViewer {
  readonly #post: (message: FeedMessage) => void
  readonly #sources: FeedSources
  readonly #viewer: Viewer
  readonly #subscriptions = new Map<SessionId, Subscription>()
  readonly #stopWatching: Unsubscribe
  #stopApp: Unsubscribe | undefined

  constructor(channel: Channel<FeedMessage>, sources: FeedSources, behindBytes?: number) {
    const messages = new ShownMessages()
    this.#post = (message) => channel.post(messages.of(message))
    this.#sources = sources
    this.#viewer = new Viewer(channel, { post: this.#post, onDefect: sources.onDefect, behindBytes })
    this.#stopWatching = sources.sessions.onChange(() => this.#followChanges())
  }

  /** What does not fit the schema is dropped: only a page that was tampered with sends it. */
  receive(message: unknown): void {
    const request = FeedRequest.safeParse(message)
    if (!request.success) return
    const { data } = request
    if (data.type === 'subscribe-app') this.#subscribeApp()
    else if (data.type === 'unsubscribe') this.#unsubscribe(data.sessionId)
    else this.#subscribe(data.sessionId).catch(this.#sources.onDefect)
  }

  /** false = it does not show the app, or not yet. */
  showPlace(place: Place): boolean {
    if (this.#stopApp) this.#post({ type: 'show', place })
    return this.#stopApp !== undefined
  }

  follows(sessionId: SessionId): boolean {
    return this.#subscriptions.has(sessionId)
  }

  close(): void {
    this.#stopWatching()
    this.#stopApp?.()
    for (const id of [...this.#subscriptions.keys()]) this.#unsubscribe(id)
    this.#viewer.close()
  }

  #subscribeApp(): void {
    const { app } = this.#sources
    this.#stopApp?.()
    this.#post({ type: 'app', change: app.state() })
    this.#stopApp = app.onChange((change) => this.#post({ type: 'app', change }))
  }

  async #subscribe(sessionId: SessionId): Promise<void> {
    // Asked again, it starts again: with a fresh snapshot.
    this.#unsubscribe(sessionId)
    const subscription: Subscription = {}
    this.#subscriptions.set(sessionId, subscription)
    let session: Session
    try {
      session = await this.#sources.holds.hold(sessionId)
    } catch (error) {
      if (this.#subscriptions.get(sessionId) !== subscription) return
      this.#subscriptions.delete(sessionId)
      if (!(error instanceof FailureError)) this.#sources.onDefect(error)
      const message = error instanceof FailureError ? error.failure.message : 'The session could not be opened.'
      this.#post({ type: 'closed', sessionId, message })
      return
    }
    if (this.#subscriptions.get(sessionId) !== subscription) {
      this.#sources.holds.drop(sessionId)
      return
    }
    subscription.session = session
    this.#viewer.follow(session)
  }

  #unsubscribe(sessionId: SessionId): void {
    const subscription = this.#subscriptions.get(sessionId)
    if (!subscription) return
    this.#subscriptions.delete(sessionId)
    if (!subscription.session) return
    this.#viewer.unfollow(sessionId)
    this.#sources.holds.drop(sessionId)
  }

  /** A session that went to another process, or came from there, is opened anew; one that is gone is told. */
  #followChanges(): void {
    const { sessions, onDefect } = this.#sources
    for (const [sessionId, { session }] of [...this.#subscriptions]) {
      if (!session || sessions.opened(sessionId) === session) continue
      const failure = session.connectionFailure()
      const isThere = sessions.list().some((summary) => summary.sessionId === sessionId)
      if (!failure && isThere) {
        this.#subscribe(sessionId).catch(onDefect)
        continue
      }
      this.#unsubscribe(sessionId)
      this.#post({ type: 'closed', sessionId, message: failure?.message ?? 'The session was removed.' })
    }
  }
}
