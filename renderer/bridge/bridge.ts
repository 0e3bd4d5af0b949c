import type { Failure, Reply } from '#shared/failure.ts'
import type { ClawBridge } from '#shared/feed/bridge.ts'
import type { RequestInput, RequestName, RequestOutput } from '#shared/feed/requests.ts'

declare global {
  interface Window {
    /** Put there by the preload. */
    claw: ClawBridge<File>
  }
}

/** Asks main. Never rejects: what went wrong is a `Failure`, `internal` where the way itself is broken. */
export async function request<Name extends RequestName>(
  name: Name,
  input: RequestInput<Name>,
): Promise<Reply<RequestOutput<Name>>> {
  try {
    return await window.claw.request(name, input)
  } catch (error) {
    console.error(`The request ${name} did not arrive.`, error)
    return { ok: false, failure: noAnswer }
  }
}

const noAnswer: Failure = {
  code: 'internal',
  message: 'The app did not answer the window. Close it and open it again.',
  retryable: false,
}
