import { FailureError } from '#shared/failure.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { Backend, ContextAllotment } from '../backend/contract/backend.ts'
import { TRUNCATED } from './context-meter.ts'
import type { ModelAnswer } from './model-call.ts'
import type { TurnContext } from './turn.ts'

/** An Ollama may stand behind these. */
const mayHideAnother: ReadonlySet<Profile['kind']> = new Set(['litellm', 'custom'])

type Watched = Pick<TurnContext, 'conversation' | 'emit' | 'learnWindow'>

/**
 * Knows the window of whoever answers: what was said of it, what the server refused, and after each answer whether it still
 * reads all that it is sent. One a turn: the server is asked once.
 */
export class WindowWatch {
  readonly #turn: Watched
  readonly #asked = new Map<string, ContextAllotment>()
  /** What a refusal says of the window. Tokens. */
  readonly #refused = new Map<string, number>()

  constructor(turn: Watched) {
    this.#turn = turn
  }

  /** The window in tokens, by whoever knows it best; null = nobody does. What the server refuses is too much for it. */
  window(profile: Profile, listed: number | undefined): number | null {
    const said = this.#asked.get(profile.id)?.inUse ?? profile.contextWindow ?? listed ?? null
    const refused = this.#refused.get(profile.id) ?? null
    return said === null || refused === null ? (said ?? refused) : Math.min(said, refused)
  }

  /** A conversation was refused for its length. `tokens`: of it, as far as anybody knows. */
  refused(profile: Profile, { failure: { details = {} } }: FailureError, tokens: number): void {
    const { contextWindow, promptTokens } = details
    this.#refused.set(profile.id, contextWindow ?? promptTokens ?? tokens)
    if (contextWindow !== undefined) this.#turn.learnWindow(profile, { kind: 'refused', tokens: contextWindow })
  }

  /** Warns at most once about the same numbers, and never holds up the turn for long. */
  async checkAnswer(
    backend: Backend,
    profile: Profile,
    { usage, characters }: ModelAnswer,
    signal: AbortSignal,
  ): Promise<void> {
    const { meter } = this.#turn.conversation
    if (usage.source !== 'reported' || characters === null || !meter.isLong(characters)) return
    if (!backend.allotment && !mayHideAnother.has(profile.kind)) return
    const allotment = this.#asked.get(profile.id) ?? (await this.#ask(backend, profile, signal))
    this.#asked.set(profile.id, allotment)
    const message = meter.check(profile, characters, usage, allotment)
    if (message) this.#turn.emit({ type: 'warning', code: TRUNCATED, message })
  }

  async #ask(backend: Backend, profile: Profile, signal: AbortSignal): Promise<ContextAllotment> {
    if (!backend.allotment) return { inUse: null, possible: null }
    const own = profile.contextWindow ?? null
    try {
      const said = await backend.allotment(signal)
      if (said.inUse !== null) this.#turn.learnWindow(profile, { kind: 'listed', tokens: said.inUse })
      return { inUse: said.inUse ?? own, possible: said.possible }
    } catch (error) {
      // An older version does not tell: the counts alone have to do.
      if (error instanceof FailureError) return { inUse: own, possible: null }
      throw error
    }
  }
}
