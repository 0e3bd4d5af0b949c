import { setTimeout as sleep } from 'node:timers/promises'

/** What a test replaces. Milliseconds. */
export interface RetryOptions {
  /** How often one request is sent at most. */
  attempts?: number
  /** The wait before the second attempt; it doubles from there. */
  baseDelayMs?: number
  now?(): number
  /** 0 to 1, as Math.random. */
  random?(): number
  /** Rejects when the signal aborts. */
  sleep?(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** No server is waited for longer than this at a time. */
const LONGEST_WAIT_MS = 60_000
const LONGEST_BACKOFF_MS = 15_000

export class RetryDelays {
  readonly #options: Required<Omit<RetryOptions, 'attempts'>>

  constructor(options: RetryOptions = {}) {
    this.#options = {
      baseDelayMs: options.baseDelayMs ?? 500,
      now: options.now ?? Date.now,
      random: options.random ?? Math.random,
      sleep: options.sleep ?? ((milliseconds, signal) => sleep(milliseconds, undefined, { signal })),
    }
  }

  /** Before attempt number `next` (2, 3, …): what the server asked for, else doubling with jitter. */
  before(next: number, retryAfterMs: number | undefined): number {
    if (retryAfterMs !== undefined) return Math.min(retryAfterMs, LONGEST_WAIT_MS)
    const full = Math.min(this.#options.baseDelayMs * 2 ** (next - 2), LONGEST_BACKOFF_MS)
    return Math.round(full * (0.5 + this.#options.random() / 2))
  }

  /** While a model loads: patient, and regular. */
  whileLoading(): number {
    return this.#options.baseDelayMs * 2
  }

  wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    return this.#options.sleep(milliseconds, signal)
  }

  /** `Retry-After` in seconds or as a date; undefined = none, or not readable. */
  retryAfter(header: string | undefined): number | undefined {
    const text = header?.trim()
    if (!text) return undefined
    const seconds = Number(text)
    if (Number.isFinite(seconds)) return seconds >= 0 ? Math.round(seconds * 1000) : undefined
    const date = Date.parse(text)
    return Number.isNaN(date) ? undefined : Math.max(0, date - this.#options.now())
  }
}

/** A wait in words: "2 seconds", "less than a second". */
export function waitInWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 1) return 'less than a second'
  return seconds === 1 ? 'a second' : `${seconds} seconds`
}
