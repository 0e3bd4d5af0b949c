import type { ProfileId } from '#shared/ids.ts'
import type { ProfileUse, SessionEntry } from '#shared/session/session-entry.ts'
import { type Counts, CountsByProfile } from '../budget/counts.ts'

/** What a session spent, by the profile that answered: a fold of its journal. Its time is told by its turns. */
export class SessionCounts {
  readonly counts = new CountsByProfile()
  #profileId: ProfileId | null = null

  /** The profile that answered before the first entry; null = none did. */
  answeredBy(profile: ProfileUse | null): void {
    this.#profileId = profile?.profileId ?? null
  }

  apply(entry: SessionEntry): void {
    if (entry.type === 'session-start' || entry.type === 'profile') this.#profileId = entry.profile.profileId
    const more = countsOf(entry)
    if (more && this.#profileId !== null) this.counts.add(this.#profileId, more)
  }
}

/** As the budget of a run counts it; null = nothing. */
function countsOf(entry: SessionEntry): Partial<Counts> | null {
  switch (entry.type) {
    case 'model-call-start':
      return { modelCalls: 1, turns: entry.purpose ? 0 : 1 }
    case 'usage': {
      const { inputTokens, outputTokens, reasoningTokens, costMicroUsd } = entry.usage
      return {
        inputTokens: inputTokens ?? 0,
        outputTokens: outputTokens ?? 0,
        reasoningTokens: reasoningTokens ?? 0,
        costUsd: costMicroUsd ?? 0,
      }
    }
    case 'tool-end':
      return entry.outcome === 'not-run' ? null : { toolCalls: 1 }
    default:
      return null
  }
}
