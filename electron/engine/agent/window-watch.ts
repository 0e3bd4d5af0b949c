import { FailureError } from '#shared/failure.ts'
import type { Profile } from '#shared/profile.ts'
import type { Backend, ContextAllotment } from '../backend/backend.ts'
import { TRUNCATED } from './context-meter.ts'
import type { ModelAnswer } from './model-call.ts'
import type { TurnContext } from './turn.ts'

/** An Ollama may stand behind these. */
const mayHideAnother: ReadonlySet<Profile['kind']> = new Set(['litellm', 'custom'])

/** Looks after each answer whether the server still reads all that it is sent. One a turn: the server is asked once. */
export class WindowWatch {
  readonly #turn: Pick<TurnContext, 'conversation' | 'emit' | 'signal'>
  readonly #asked = new Map<string, ContextAllotment>()

  constructor(turn: Pick<TurnContext, 'conversation' | 'emit' | 'signal'>) {
    this.#turn = turn
  }

  /** The window in tokens, by whoever knows it best; null = nobody does. */
  window(profile: Profile, listed: number | undefined): number | null {
    return this.#asked.get(profile.id)?.inUse ?? profile.contextWindow ?? listed ?? null
  }

  /** Warns at most once about the same numbers, and never holds up the turn for long. */
  async look(backend: Backend, profile: Profile, { usage, characters }: ModelAnswer): Promise<void> {
    const { meter } = this.#turn.conversation
    if (usage.source !== 'reported' || !meter.isLong(characters)) return
    if (!backend.allotment && !mayHideAnother.has(profile.kind)) return
    const allotment = this.#asked.get(profile.id) ?? (await this.#ask(backend, profile))
    this.#asked.set(profile.id, allotment)
    const message = meter.check(profile, characters, usage, allotment)
    if (message) this.#turn.emit({ type: 'warning', code: TRUNCATED, message })
  }

  async #ask(backend: Backend, { contextWindow }: Profile): Promise<ContextAllotment> {
    if (!backend.allotment) return { inUse: null, possible: null }
    const own = contextWindow ?? null
    try {
      const said = await backend.allotment(this.#turn.signal)
      return { inUse: said.inUse ?? own, possible: said.possible }
    } catch (error) {
      // An older version does not tell: the counts alone have to do.
      if (error instanceof FailureError) return { inUse: own, possible: null }
      throw error
    }
  }
}
