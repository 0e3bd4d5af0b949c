import { type Failure, FailureError, failure } from '#shared/failure.ts'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import type { FeedMessage } from '#shared/feed/feed.ts'
import { ProfileId, type RunId, SessionId, TurnId } from '#shared/ids.ts'
import { applyEvent, viewFromStart } from '#shared/session/apply-event.ts'
import type { SessionEvent, UnstampedEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import type { Channel } from '../electron/engine/lib/channel.ts'
import type { Unsubscribe } from '../electron/engine/lib/unsubscribe.ts'
import type { Session, Sessions } from '../electron/engine/sessions/sessions.ts'

export const TURN = TurnId.parse('turn000000')

export function sessionId(number: number): SessionId {
  return SessionId.parse(`session${String(number).padStart(3, '0')}`)
}

/** A session whose events the test makes. */
export class FakeSession implements Session {
  readonly id: SessionId
  runId: RunId | null = null
  readonly listeners = new Set<(event: SessionEvent) => void>()
  #view: SessionView

  constructor(id: SessionId) {
    this.id = id
    this.#view = viewFromStart({
      type: 'session-start',
      seq: 0,
      at: 0,
      version: 1,
      sessionId: id,
      cwd: '/project',
      systemPrompt: '',
      profile: { profileId: ProfileId.parse('demo'), profileName: 'Demo', kind: 'demo', model: 'demo' },
      permissions: { write: 'ask', shell: 'ask', sandbox: true },
    })
  }

  /** Stamps and tells it; time goes on by one with every event. */
  emit(unstamped: UnstampedEvent): void {
    const event: SessionEvent = { ...unstamped, seq: this.#view.seq + 1, at: this.#view.updatedAt + 1 }
    this.#view = applyEvent(this.#view, event)
    for (const listener of this.listeners) listener(event)
  }

  startTurn(): void {
    this.emit({ type: 'turn-start', turnId: TURN, text: 'hello', facts: '' })
  }

  endTurn(): void {
    this.emit({ type: 'turn-end', turnId: TURN, reason: 'completed', failure: null, budget: null })
  }

  view(): SessionView {
    return this.#view
  }

  subscribe(listener: (event: SessionEvent) => void): Unsubscribe {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  connectionFailure = (): Failure | null => null
  begin = unused
  continueOpenTurn = unused
  resume = unused
  send = unused
  request = unused
  runLink = unused
}

/** Sessions in memory, and who opened and released them. */
export class FakeSessions implements Sessions {
  readonly existing = new Map<SessionId, FakeSession>()
  readonly live = new Map<SessionId, FakeSession>()
  readonly log: string[] = []
  summaries: SessionSummary[] = []
  readonly #listeners = new Set<() => void>()

  constructor(count: number) {
    for (let number = 0; number < count; number++) {
      this.existing.set(sessionId(number), new FakeSession(sessionId(number)))
    }
  }

  list = () => this.summaries
  load = async () => undefined
  create = unused
  find = unused
  peek = unused
  move = unused
  setFolder = unused
  addImage = unused

  onChange(listener: () => void): Unsubscribe {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  async open(id: SessionId): Promise<Session> {
    this.log.push(`open ${id}`)
    await Promise.resolve()
    const session = this.existing.get(id)
    if (!session) throw new FailureError(failure('not-found', `There is no session ${id}.`))
    this.live.set(id, session)
    return session
  }

  opened(id: SessionId): FakeSession | undefined {
    return this.live.get(id)
  }

  async release(id: SessionId): Promise<void> {
    this.log.push(`release ${id}`)
    await Promise.resolve()
    this.live.delete(id)
    this.log.push(`released ${id}`)
  }

  async remove(id: SessionId): Promise<void> {
    this.live.delete(id)
    this.existing.delete(id)
    this.changed()
  }
}

/** Both ends of a line within one process; messages are cloned as a port does it. */
export class MemoryChannel implements Channel<FeedMessage> {
  readonly received: FeedMessage[] = []
  /** Characters, until the test drains it. */
  waiting = 0
  #onMessage: (message: unknown) => void = () => undefined
  #onDrain: () => void = () => undefined
  #onClose: () => void = () => undefined

  post(message: FeedMessage): void {
    this.received.push(structuredClone(message))
    this.waiting += JSON.stringify(message).length
  }

  onDrain(listener: () => void): void {
    this.#onDrain = listener
  }

  /** The viewer has read all. */
  drain(): void {
    this.waiting = 0
    this.#onDrain()
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#onMessage = listener
  }

  onClose(listener: () => void): void {
    this.#onClose = listener
  }

  /** What the viewer does. */
  send(message: unknown): void {
    this.#onMessage(message)
  }

  close(): void {
    this.#onClose()
  }
}

function unused(): never {
  throw new Error('The feed does not call this.')
}
