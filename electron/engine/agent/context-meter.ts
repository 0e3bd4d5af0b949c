import { estimateTokens } from '#shared/lib/estimate-tokens.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { ContextAllotment } from '../backend/contract/backend.ts'

export const TRUNCATED = 'truncated-by-server'

/** At this part of the window what was read is taken for all that fits. */
const PLATEAU = 0.95
/** Less than this part of what was expected was read: by our own rule of thumb, and by what the server counted before. */
const SHORT_OF_ESTIMATE = 0.5
const SHORT_OF_CALIBRATED = 0.75
/** Where nobody can be asked for the window, the rule of thumb has to be broken by far. */
const SHORT_BY_FAR = 0.35
/** Shorter conversations fit everywhere, and an estimate of them says little. Tokens. */
const TOO_SHORT = 1000

interface Reading {
  characters: number
  tokens: number
}

/**
 * How full the window of the model is, and whether the server reads all that is sent to it. A fold over the journal, as
 * far as the journal knows it; the size of a request is noted by who sends it.
 */
export class ContextMeter {
  readonly #told = new Set<string>()
  #reading: Reading | null = null
  #used: number | null = null

  apply(entry: SessionEntry): void {
    switch (entry.type) {
      case 'usage': {
        const { inputTokens, outputTokens, source } = entry.usage
        if (source === 'reported' && inputTokens !== null) this.#used = inputTokens + (outputTokens ?? 0)
        return
      }
      case 'warning':
        if (entry.code === TRUNCATED) this.#told.add(entry.message)
        return
      case 'profile':
      case 'compaction':
        // Another tokenizer, or another conversation.
        this.#reading = null
        this.#used = null
    }
  }

  /** Tokens of the conversation by the last count of a server; null = none counted. */
  get used(): number | null {
    return this.#used
  }

  /** Tokens of so many characters: as this conversation was counted last, else by the rule of thumb. */
  tokensOf(characters: number): number {
    return this.#reading
      ? Math.ceil((characters * this.#reading.tokens) / this.#reading.characters)
      : estimateTokens(characters)
  }

  /** Whether a request of this size is worth a look at what the server made of it. */
  isLong(characters: number): boolean {
    return this.tokensOf(characters) >= TOO_SHORT
  }

  /**
   * Takes what the server counted of a request, and says so if it evidently read less than was sent. null = all is well,
   * or it was said already in this session with these numbers.
   */
  check(profile: Profile, characters: number, { inputTokens }: Usage, window: ContextAllotment): string | null {
    if (inputTokens === null || inputTokens === 0) return null
    const { inUse } = window
    const isShort = this.#isShort(characters, inputTokens, inUse === null ? SHORT_BY_FAR : SHORT_OF_ESTIMATE)
    const isFull = inUse !== null && inputTokens >= inUse * PLATEAU
    // A count that lacks a part would spoil the measure.
    if (!isShort && !isFull) this.#reading = { characters, tokens: inputTokens }
    if (!isShort && !isFull) return null
    const message = words(profile, window)
    return this.#told.has(message) ? null : message
  }

  /** A conversation that grew cannot have fewer tokens than before. */
  #isShort(characters: number, tokens: number, part: number): boolean {
    if (!this.#reading) return tokens < estimateTokens(characters) * part
    return tokens < this.tokensOf(characters) * SHORT_OF_CALIBRATED
  }
}

/** The numbers of the window, not those of the call: they make it the same warning or another one. */
function words({ name, kind, contextWindow }: Profile, { inUse, possible }: ContextAllotment): string {
  if (kind !== 'ollama' && inUse === null)
    return `${name} read much less than was sent to it: a server behind it drops what does not fit without a word. Give the model there a larger window.`
  const lost = `The window of ${name} is full: what no longer fits of the conversation is dropped there without a word.`
  const could = possible !== null && inUse !== null && possible > inUse ? possible : null
  const use = inUse === null ? '' : ` ${grouped(inUse)} tokens are in use`
  const numbers = use && (could === null ? `${use}.` : `${use}, the model could do ${grouped(could)}.`)
  if (inUse !== null && possible !== null && could === null)
    return `${lost}${numbers} That is all the model can do: start a new chat for the next task.`
  return contextWindow === undefined
    ? `${lost}${numbers} Set a context window on the profile, or start Ollama with OLLAMA_CONTEXT_LENGTH.`
    : `${lost}${numbers} Raise the context window of the profile.`
}

function grouped(count: number): string {
  return count.toLocaleString('en-US')
}
