import type { Failure, FailureCode } from '#shared/failure.ts'
import type { ChatRequest, StreamEvent } from '../contract/backend.ts'
import type { AttemptError } from '../contract/backend-error.ts'
import { withVersion } from '../contract/resolve-base-url.ts'
import type { Server } from '../contract/server.ts'
import type { RequestBody } from '../request/request-body.ts'
import type { LearnedCompat } from '../servers/learned-compat.ts'
import { type RetryDelays, waitInWords } from './retry.ts'

/** What follows a failed attempt. */
export interface NextAttempt {
  request: ChatRequest
  /** The events that a person sees while the attempt is waited for. */
  whileWaiting: StreamEvent[]
  /** Milliseconds before the attempt. */
  waitMs: number
  /** The events that a person sees once it begins. */
  afterWait: StreamEvent[]
}

export interface PlannerOptions {
  /** Its address may be corrected. */
  server: Server
  /** Added to: what is learned belongs to the server, not to this request. */
  compat: LearnedCompat
  delays: RetryDelays
  attempts: number
  /** How long a model may load, in milliseconds. */
  loadingMs: number
}

/** So many connections of earlier may turn out to be closed in a row, before that is something to tell a person. */
const STALE_AT_MOST = 3

/** Decides after each failed attempt of one request whether another one is worth it, and what it does differently. */
export class AttemptPlanner {
  readonly #options: PlannerOptions
  #failed = 0
  #stale = 0
  #loadedMs = 0

  constructor(options: PlannerOptions) {
    this.#options = options
  }

  /** Plans what follows a failed attempt; null = nothing helps. */
  after(error: AttemptError, request: ChatRequest, body: RequestBody): NextAttempt | null {
    return (
      this.#onNewConnection(error, request) ??
      this.#corrected(error, request, body) ??
      this.#withLowerLimit(error, request, body) ??
      this.#whenLoaded(error, request) ??
      this.#again(error, request)
    )
  }

  /** Nothing was sent to anybody: no attempt, and nothing to speak of. */
  #onNewConnection({ remedy }: AttemptError, request: ChatRequest): NextAttempt | null {
    if (!remedy.staleConnection || this.#stale >= STALE_AT_MOST) return null
    this.#stale += 1
    return { request, whileWaiting: [], waitMs: 0, afterWait: [] }
  }

  /** The address lacks its `/v1`, or the server does not know a parameter or misses one. */
  #corrected({ remedy }: AttemptError, request: ChatRequest, body: RequestBody): NextAttempt | null {
    const { server, compat } = this.#options
    const { name, address } = server
    const versioned = remedy.wrongPath ? withVersion(address) : null
    if (versioned) {
      server.address = versioned
      const message = `${name} does not answer at ${address.base}; ${versioned.base} is tried instead.`
      return atOnce(request, 'address-changed', message)
    }
    if (remedy.wantsReasoning && !compat.wantsReasoning) {
      compat.wantsReasoning = true
      return atOnce(request, 'reasoning-returned', `${name} wants its reasoning back; it is sent along from now on.`)
    }
    if (remedy.mustAlternate && !compat.alternates) {
      compat.alternates = true
      const message = `${name} wants user and assistant to take turns; messages in a row are joined from now on.`
      return atOnce(request, 'roles-alternate', message)
    }
    const without = remedy.withoutParameter
    if (!without || !body.optional.has(without.parameter)) return null
    compat.refused.set(without.parameter, without.renamed)
    const message = without.renamed
      ? `${name} wants ${without.parameter} under the name ${without.renamed}.`
      : `${name} does not accept ${without.parameter}; it is left out from now on.`
    return atOnce(request, 'parameter-refused', message)
  }

  #withLowerLimit({ remedy }: AttemptError, request: ChatRequest, { maxTokens = 0 }: RequestBody): NextAttempt | null {
    const limit = remedy.outputLimit
    // A limit out of the extra body is the person's own and stays.
    if (limit === undefined || limit >= maxTokens || maxTokens !== request.maxOutputTokens) return null
    const message = `The answer limit of ${maxTokens} tokens does not fit beside the conversation; ${limit} is used.`
    return atOnce({ ...request, maxOutputTokens: limit }, 'output-limit-lowered', message)
  }

  #whenLoaded({ remedy }: AttemptError, request: ChatRequest): NextAttempt | null {
    if (!remedy.loadingModel || this.#loadedMs >= this.#options.loadingMs) return null
    const waitMs = this.#options.delays.whileLoading()
    this.#loadedMs += waitMs
    return { request, whileWaiting: [{ type: 'phase', phase: 'loading-model' }], waitMs, afterWait: [] }
  }

  #again({ failure, remedy }: AttemptError, request: ChatRequest): NextAttempt | null {
    if (remedy.final) return null
    const { attempts, delays, server } = this.#options
    this.#failed += 1
    if (this.#failed >= attempts || !worthRepeating(failure.code, this.#failed)) return null
    const waitMs = delays.before(this.#failed + 1, failure.retryAfterMs)
    const wait = waitInWords(waitMs)
    const message = `${past(failure, server)} Asked again after ${wait}, nothing was lost.`
    return {
      request,
      whileWaiting: [{ type: 'phase', phase: 'retrying', detail: `in ${wait}` }],
      waitMs,
      afterWait: [{ type: 'warning', code: 'retry', message }],
    }
  }
}

/** What went wrong, as one looks back on it. */
function past({ code, details }: Failure, { name }: Server): string {
  switch (code) {
    case 'rate-limit':
      return `${name} took no more requests (rate limit).`
    case 'overloaded':
      return `${name} was too busy to answer.`
    case 'unreachable':
      return `${name} did not answer.`
    case 'server-error':
      return `${name} failed while answering${details?.status === undefined ? '' : ` (HTTP ${details.status})`}.`
    default:
      return `${name} closed the connection.`
  }
}

function atOnce(request: ChatRequest, code: string, message: string): NextAttempt {
  return { request, whileWaiting: [{ type: 'warning', code, message }], waitMs: 0, afterWait: [] }
}

/** A server that was never there is said at once; one that went away between attempts may come back. */
function worthRepeating(code: FailureCode, failed: number): boolean {
  if (code === 'unreachable') return failed > 1
  return code === 'rate-limit' || code === 'overloaded' || code === 'server-error' || code === 'transport'
}
