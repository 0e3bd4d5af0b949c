import type { Limit, LimitName } from '#shared/limits/budget.ts'
import { type Counts, countOf } from './counts.ts'

/** What somebody wants to spend. */
export interface Want {
  /** All of it or nothing. */
  need: Counts
  /** Output tokens beyond that: as many as there is room for. */
  output: number
  /** Reasoning tokens among them, in the same way. */
  reasoning: number
  /** Less room than this is a refusal, where output or reasoning is limited. */
  least: number
  /** Micro-dollars for a token of output. */
  outputPrice: number
  /** Milliseconds beyond the need: as many as there is room for. Missing = none. */
  time?: number
}

/** A limit with what is used and reserved of it. */
type KnownStanding = Pick<Limit, 'name' | 'allowed'> & { used: number }

export type Grant =
  | {
      ok: true
      output: number
      reasoning: number
      /** Milliseconds. */
      time: number
      /** What an answer may come to altogether, beyond `need`; Infinity = no limit says. */
      room: number
      /** The limit that says so, by its place in the list. */
      tightest: number | null
    }
  /** `limit`: the index of the limit that has no room. */
  | { ok: false; limit: number }

/**
 * Says what of a wish fits the limits. The answer is the same for everybody who knows the same numbers: that is what keeps
 * many processes below one limit without a lock.
 */
export function grantOf(want: Want, standings: readonly KnownStanding[]): Grant {
  let output = want.output
  let reasoning = want.reasoning
  let time = want.time ?? 0
  let room = Number.POSITIVE_INFINITY
  let tightest: number | null = null
  for (const [index, standing] of standings.entries()) {
    const { name } = standing
    const left = standing.allowed - standing.used - countOf(want.need, name)
    if (left < 0) return { ok: false, limit: index }
    if (name === 'reasoningTokens') {
      if (left < want.least) return { ok: false, limit: index }
      reasoning = Math.min(reasoning, left)
      continue
    }
    if (name === 'wallTime') {
      if (time > 0 && left === 0) return { ok: false, limit: index }
      time = Math.min(time, left)
      continue
    }
    const tokens = outputRoom(name, left, want.outputPrice)
    if (tokens === null) continue
    if (tokens < want.least) return { ok: false, limit: index }
    output = Math.min(output, tokens)
    if (tokens < room) {
      room = tokens
      tightest = index
    }
  }
  return { ok: true, output, reasoning, time, room, tightest }
}

/** Output tokens that still fit below a limit; null = it does not say. */
function outputRoom(name: LimitName, left: number, price: number): number | null {
  if (name === 'outputTokens' || name === 'totalTokens') return left
  return name === 'costUsd' && price > 0 ? Math.floor(left / price) : null
}
