import { type Failure, type FailureCode, FailureError } from '#shared/failure.ts'

/** What a backend did wrong, or what was wrong with how it was asked. */
export class BackendError extends FailureError {
  get code(): FailureCode {
    return this.failure.code
  }
}

/** Carries what only the client's own retrying needs to know. */
export interface RetryAdvice {
  /** A connection of earlier was closed already when the request went out: the server never saw it. */
  staleConnection?: boolean
  /** The server is there and reads its model: worth waiting longer for. */
  loadingModel?: boolean
  /** The server itself says that asking again is of no use. */
  final?: boolean
  /** The request is worth one more try without its `details.parameter`, or with it under this name. */
  withoutParameter?: { parameter: string; renamed?: string }
  /** The history lacks the reasoning that the server sent. */
  wantsReasoning?: boolean
  /** Its chat template refuses two messages of one side in a row. */
  mustAlternate?: boolean
  /** Prompt and answer together do not fit: worth a try with this output limit. */
  outputLimit?: number
  /** 404 for the address itself, not for a model: the `/v1` may be missing. */
  wrongPath?: boolean
}

/** A failure of one attempt, with what may be done about it. */
export class AttemptError extends BackendError {
  readonly remedy: RetryAdvice
  constructor(value: Failure, remedy: RetryAdvice = {}, options?: ErrorOptions) {
    super(value, options)
    this.remedy = remedy
  }

  /** The same failure with more that may be done about it. */
  with(remedy: RetryAdvice): AttemptError {
    return new AttemptError(this.failure, { ...this.remedy, ...remedy }, { cause: this.cause })
  }
}
