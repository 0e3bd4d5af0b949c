import { z } from 'zod'
import { FailureRemedy } from './failure-remedy.ts'

/** What a backend can do to us. Outside scripts rely on these names (docs/contracts.md). */
const backendCodes = [
  'auth',
  'unknown-model',
  'context-overflow',
  'tools-unsupported',
  'invalid-request',
  'rate-limit',
  'credits',
  'overloaded',
  'server-error',
  'protocol',
  'stream-truncated',
  'transport',
  'timeout',
  'unreachable',
  'aborted',
] as const

/**
 * What can go wrong on our own side: wrong input, nothing there, in use elsewhere, disk, a model that runs in circles, work
 * that its check did not pass, a defect of ours.
 */
const localCodes = ['invalid-input', 'not-found', 'busy', 'storage', 'loop', 'verify-failed', 'internal'] as const

export const FailureCode = z.enum([...backendCodes, ...localCodes])
export type FailureCode = z.infer<typeof FailureCode>

/**
 * An expected failure as a value. `message` is for a person: one sentence or two, what happened and what to do; where that
 * differs between the terminal and the window, `remedy` says it as a code.
 * `details` are the numbers and words a remedy needs; they never hold keys, prompts or file contents.
 */
export const Failure = z.object({
  code: FailureCode,
  message: z.string(),
  retryable: z.boolean(),
  /** How long the server asked us to wait, in milliseconds. */
  retryAfterMs: z.number().optional(),
  remedy: FailureRemedy.optional(),
  details: z
    .object({
      /** HTTP status. */
      status: z.number().optional(),
      /** The server's own words, redacted and cut. */
      serverMessage: z.string().optional(),
      /** Context window in tokens, as the server says. */
      contextWindow: z.number().optional(),
      promptTokens: z.number().optional(),
      requestedTokens: z.number().optional(),
      affordableTokens: z.number().optional(),
      /** The request parameter that the server named. */
      parameter: z.string().optional(),
      /** The name that no name server knows. */
      unknownHost: z.string().optional(),
      /** The server's own id of the call; its log knows it. */
      callId: z.string().optional(),
    })
    .optional(),
})
export type Failure = z.infer<typeof Failure>

/** The answer of a request across a process border: errors lose everything but their text there, values do not. */
export type Reply<T> = { ok: true; value: T } | { ok: false; failure: Failure }

export function failure(
  code: FailureCode,
  message: string,
  more: Partial<Omit<Failure, 'code' | 'message'>> = {},
): Failure {
  return { code, message, retryable: false, ...more }
}

/** Carries a `Failure` through code that throws; unwrapped again at the border. */
export class FailureError extends Error {
  override readonly name = 'FailureError'
  readonly failure: Failure
  constructor(value: Failure, options?: ErrorOptions) {
    super(value.message, options)
    this.failure = value
  }
}
