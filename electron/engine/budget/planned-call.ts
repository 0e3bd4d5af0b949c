import type { Profile } from '#shared/profile/profile.ts'
import { promptCost, tokenPrice } from '../profiles/price.ts'
import { noCounts } from './counts.ts'
import type { Want } from './grant.ts'

/** So many tokens of output are reserved at once. Others cannot use them meanwhile; each step costs a line. */
export const STEP = 256
/** For an answer that comes whole and may be of any length. */
const WHOLE = 16_384
/** What a call is for, and how much of it is known before it is sent. */
export interface PlannedCall {
  label: 'answer' | 'summary'
  profile: Profile
  /** Tokens of the prompt, as far as anybody knows. */
  inputTokens: number
  /** The answer comes in pieces, so that more can be reserved while it comes. */
  stream: boolean
}

/** What a call wants from the limits that it shares before it is sent. */
export function wantOf({ label, profile, inputTokens, stream }: PlannedCall): Want {
  const need = {
    ...noCounts(),
    inputTokens,
    costUsd: promptCost(profile, inputTokens),
    // A summary is of use only to a call that follows it.
    modelCalls: label === 'summary' ? 2 : 1,
    turns: label === 'answer' ? 1 : 0,
  }
  const output = stream ? STEP : (profile.maxOutputTokens ?? WHOLE)
  return { need, output, reasoning: output, least: 1, outputPrice: tokenPrice(profile) }
}
