import type { ProfileId } from '#shared/ids.ts'
import type { SendOptions } from '#shared/send-options.ts'
import type { SessionEntry } from '#shared/session-entry.ts'
import type { BegunRun, CostlyCall } from '../budget/begun-run.ts'
import { addCounts, type Counts, noCounts } from '../budget/counts.ts'

/** A turn that nobody ended, as its journal tells it: how it is run, and what it came to so far. */
export interface OpenTurn {
  options: SendOptions
  begun: BegunRun
}

/** Of a journal from its beginning; null = its last turn has an end, or there is none. */
export function openTurnOf(entries: readonly SessionEntry[]): OpenTurn | null {
  const start = entries.findLastIndex(({ type }) => type === 'turn-start')
  const first = entries[start]
  if (first?.type !== 'turn-start' || entries.slice(start).some(({ type }) => type === 'turn-end')) return null
  const turn = new Tally()
  for (const [index, entry] of entries.entries()) {
    if (entry.type === 'session-start' || entry.type === 'profile') turn.profileId = entry.profile.profileId
    else if (index > start) turn.take(entry)
  }
  return { options: first.options ?? {}, begun: turn.begun(first.at) }
}

/** What is counted as the budget of a run counts it. */
class Tally {
  profileId: ProfileId | null = null
  readonly #counts = new Map<ProfileId | null, Counts>()
  readonly #calls: CostlyCall[] = []
  readonly #raises: { stop: BegunRun['raises'][number]['stop']; to: number }[] = []
  #call = ''
  #stop: BegunRun['raises'][number]['stop'] | null = null

  take(entry: SessionEntry): void {
    switch (entry.type) {
      case 'model-call-start':
        this.#call = `${entry.purpose ?? `model call ${this.#calls.length + 1}`}, ${entry.model}`
        this.#add({ modelCalls: 1, turns: entry.purpose ? 0 : 1 })
        break
      case 'usage': {
        const { inputTokens, outputTokens, reasoningTokens, costMicroUsd } = entry.usage
        const [input, output] = [inputTokens ?? 0, outputTokens ?? 0]
        this.#calls.push({ label: this.#call, tokens: input + output, costMicroUsd })
        this.#add({
          inputTokens: input,
          outputTokens: output,
          reasoningTokens: reasoningTokens ?? 0,
          costUsd: costMicroUsd ?? 0,
        })
        break
      }
      case 'tool-end':
        if (entry.outcome !== 'not-run') this.#add({ toolCalls: 1 })
        break
      case 'budget-request':
        this.#stop = entry.stop
        break
      case 'budget-answer':
        if (this.#stop && entry.answer.choice === 'raise') this.#raises.push({ stop: this.#stop, to: entry.answer.to })
        break
      default:
        break
    }
  }

  begun(startedAt: number): BegunRun {
    return {
      startedAt,
      countsOf: (profileId) => this.#counts.get(profileId) ?? noCounts(),
      calls: this.#calls,
      raises: this.#raises,
    }
  }

  #add(more: Partial<Counts>): void {
    for (const whose of [null, this.profileId]) {
      const counts = this.#counts.get(whose) ?? noCounts()
      addCounts(counts, { ...noCounts(), ...more })
      this.#counts.set(whose, counts)
    }
  }
}
