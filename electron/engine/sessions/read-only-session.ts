import { type Failure, FailureError } from '#shared/failure.ts'
import type { SessionId } from '#shared/ids.ts'
import { applyEvent } from '#shared/session/apply-event.ts'
import type { SessionVerb } from '#shared/session/session-verbs.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { Session } from './sessions.ts'

/** A session whose folder is gone: it can be read, and everything else is refused in one sentence. */
export class ReadOnlySession implements Session {
  readonly id: SessionId
  readonly runId = null
  readonly #view: SessionView
  readonly #why: Failure

  constructor(view: SessionView, why: Failure) {
    this.id = view.sessionId
    this.#view = { ...withEnd(view), folderGone: true }
    this.#why = why
  }

  connectionFailure(): null {
    return null
  }

  view(): SessionView {
    return this.#view
  }

  /** Nothing happens here. */
  subscribe(): Unsubscribe {
    return () => undefined
  }

  send = () => this.#refuse()
  begin = () => this.#refuse()
  resume = () => this.#refuse()

  /** Nothing runs that could be stopped or left, and nothing waits to be written. */
  async request(name: SessionVerb): Promise<undefined> {
    if (name !== 'stop' && name !== 'leave' && name !== 'persisted') await this.#refuse()
  }

  async continueOpenTurn(): Promise<null> {
    return null
  }

  runLink(): null {
    return null
  }

  async #refuse(): Promise<never> {
    throw new FailureError(this.#why)
  }
}

/** A turn that nobody ended is shown as what it is, and the journal is left as it is. */
function withEnd(view: SessionView): SessionView {
  const last = view.turns.at(-1)
  if (!last || last.end) return view
  const { turnId } = last
  const stamp = { seq: view.seq + 1, at: view.updatedAt }
  return applyEvent(view, { type: 'turn-end', ...stamp, turnId, reason: 'interrupted', failure: null, budget: null })
}
