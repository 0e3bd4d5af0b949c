import type { SessionId } from '#shared/ids.ts'
import type { RunLink } from '#shared/limits/run-link.ts'
import type { TurnEnd } from '#shared/session/session-view.ts'
import type { SessionOrder, StartedSession } from '../tools/contract/started-session.ts'
import type { NewSession, Session, Sessions } from './sessions.ts'

export interface ChildSessionsOptions {
  sessions: Pick<Sessions, 'create' | 'release'>
  /** What a child has of the session that begins it, now. */
  inherited(): Omit<NewSession, 'parentRun' | 'appendSystemPrompt' | 'oneTime'>
  /** The purse that a child spends from. */
  runLink(): RunLink
  /** A child is about to need the slot that the turn may hold for its own next call. */
  leaveQueue(): void
}

/** The sessions that the tools of one turn began: they spend from its purse, and none of them outlives it. */
export class ChildSessions {
  readonly #options: ChildSessionsOptions
  readonly #abort = new AbortController()
  readonly #open = new Map<SessionId, Promise<void>>()

  constructor(options: ChildSessionsOptions) {
    this.#options = options
  }

  /**
   * Begins a session, whose turn is stopped when `signal` aborts. Throws the signal's reason; `FailureError` as `create` and
   * `send` of sessions.
   */
  async start({ prompt, cwd, limits, appendSystemPrompt }: SessionOrder, signal: AbortSignal): Promise<StartedSession> {
    const { sessions, inherited, runLink, leaveQueue } = this.#options
    const ends = AbortSignal.any([signal, this.#abort.signal])
    ends.throwIfAborted()
    leaveQueue()
    const session = await sessions.create({
      ...inherited(),
      ...(cwd !== undefined && { cwd }),
      ...(appendSystemPrompt !== undefined && { appendSystemPrompt }),
      parentRun: runLink(),
      oneTime: true,
    })
    const { id } = session
    // Whoever closes the children waits for one that is just beginning as well.
    const begun = this.#begin(session, prompt, limits ? { limits } : {}, ends)
    const ended = begun.then(({ end }) => end).then(noResult, noResult)
    this.#open.set(id, ended)
    void ended.then(() => this.#open.delete(id))
    return { sessionId: id, end: (await begun).end }
  }

  /** Stops those that still run, and resolves when all have ended. */
  async close(): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#open.values())
  }

  async #begin(
    session: Session,
    prompt: string,
    options: { limits?: SessionOrder['limits'] },
    signal: AbortSignal,
  ): Promise<{ end: StartedSession['end'] }> {
    try {
      signal.throwIfAborted()
      const { end } = await session.begin(prompt, options)
      return { end: this.#ended(session, end, signal) }
    } catch (error) {
      await this.#options.sessions.release(session.id)
      throw error
    }
  }

  async #ended(
    session: Session,
    end: Promise<TurnEnd>,
    signal: AbortSignal,
  ): Promise<{ end: TurnEnd; answer: string }> {
    // What it rejects with is what `end` rejects with.
    const stop = () => void session.request('stop', {}).catch(noResult)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      return { end: await end, answer: lastText(session) }
    } finally {
      signal.removeEventListener('abort', stop)
      await this.#options.sessions.release(session.id)
    }
  }
}

function noResult(): void {}

function lastText(session: Session): string {
  const text = session
    .view()
    .turns.at(-1)
    ?.items.findLast((item) => item.kind === 'text')
  return text?.kind === 'text' ? text.text : ''
}
