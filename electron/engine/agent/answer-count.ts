import { estimateTokens } from '#shared/lib/estimate-tokens.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { StreamEvent } from '../backend/contract/backend.ts'
import { withCost } from '../profiles/price.ts'

/** Hardly a token has more. */
const CHARACTERS_A_TOKEN = 8

/** Counts an answer while it comes. What the server says replaces what we count. */
export class AnswerCount {
  #reported: Usage | null = null
  /** Since the server counted last. */
  #deltas = 0
  #characters = 0
  #reasoningDeltas = 0
  #reasoningCharacters = 0
  /** By the server, so far. */
  #counted = { output: 0, reasoning: 0 }
  #allCharacters = 0
  #allReasoning = 0
  received = false

  /** Of text, thoughts and calls so far. */
  get characters(): number {
    return this.#allCharacters
  }

  add(event: StreamEvent): void {
    if (event.type === 'message_start') this.received = true
    else if (event.type === 'usage') this.#report(event.usage)
    else if (event.type === 'content_delta') this.#delta(event.text.length, 0, event.pieces)
    else if (event.type === 'reasoning_delta') this.#delta(event.text.length, event.text.length, event.pieces)
    else if (event.type === 'tool_call_delta') this.#delta(event.arguments.length, 0)
  }

  /**
   * Counts that the true ones never fall below: no server sends more than one delta for a token, and hardly a token has
   * more than eight characters. An estimate would cut answers that are within their limit.
   */
  get atLeast(): { output: number; reasoning: number } {
    const { output, reasoning } = this.#counted
    return {
      output: output + atLeast(this.#deltas, this.#characters),
      reasoning: reasoning + atLeast(this.#reasoningDeltas, this.#reasoningCharacters),
    }
  }

  /**
   * What the server did not count is estimated, and then the whole is marked so: it is never taken for nothing. Of an
   * answer that a limit cut, what it was cut by counts.
   */
  usage(profile: Profile, inputTokens: number, cut = false): Usage {
    const known = this.#reported
    const counted = this.atLeast.output
    const output = known?.outputTokens ?? (cut ? counted : Math.max(counted, estimateTokens(this.#allCharacters)))
    const isWhole = known !== null && known.inputTokens !== null && known.outputTokens !== null
    const usage: Usage = {
      inputTokens: known?.inputTokens ?? inputTokens,
      outputTokens: output,
      cachedInputTokens: known?.cachedInputTokens ?? null,
      ...this.#reasoning(output, cut),
      costMicroUsd: known?.costMicroUsd ?? null,
      source: isWhole ? known.source : 'estimated',
    }
    return withCost(usage, profile)
  }

  /** Where the server does not tell it apart, as part of the output. */
  #reasoning(output: number, cut: boolean): Pick<Usage, 'reasoningTokens' | 'reasoningSource'> {
    const known = this.#reported?.reasoningTokens
    if (known != null || this.#allReasoning === 0) return { reasoningTokens: known ?? null }
    const counted = this.atLeast.reasoning
    const estimated = cut ? counted : Math.max(counted, estimateTokens(this.#allReasoning))
    return { reasoningTokens: Math.min(estimated, output), reasoningSource: 'estimated' }
  }

  #report(usage: Usage): void {
    this.#reported = usage
    const { output, reasoning } = this.atLeast
    this.#counted = { output: usage.outputTokens ?? output, reasoning: usage.reasoningTokens ?? reasoning }
    this.#deltas = 0
    this.#characters = 0
    this.#reasoningDeltas = 0
    this.#reasoningCharacters = 0
  }

  #delta(characters: number, reasoning: number, pieces = 1): void {
    this.#deltas += pieces
    this.#characters += characters
    this.#allCharacters += characters
    if (reasoning === 0) return
    this.#reasoningDeltas += pieces
    this.#reasoningCharacters += reasoning
    this.#allReasoning += reasoning
  }
}

function atLeast(deltas: number, characters: number): number {
  return Math.max(deltas, Math.floor(characters / CHARACTERS_A_TOKEN))
}
