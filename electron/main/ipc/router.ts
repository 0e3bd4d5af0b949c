import { answerTable, type QuestionTable } from '#shared/answer-table.ts'
import { failure, type Reply } from '#shared/failure.ts'
import type { RequestInput, RequestName, RequestOutput } from '#shared/feed/requests.ts'
import { shown } from '../../engine/engine.ts'
import { isWithinSize } from './message-size.ts'

/** One function per request; a request without one is a type error. `FailureError` becomes the reply's failure. */
export type Handlers = {
  [Name in RequestName]: (input: RequestInput<Name>) => RequestOutput<Name> | Promise<RequestOutput<Name>>
}

/** The longest thing that may be asked, in characters: somewhat more than the longest text of the table. */
const REQUEST_LIMIT = 6_000_000

/**
 * Answers the requests of the page, which shows what models write: beside what the table refuses, an oversized input is a
 * reply with a failure. The function never rejects; defects go to `onDefect`.
 */
export function requestRouter<Inputs>(
  table: QuestionTable<Inputs>,
  handlers: { readonly [Name in keyof Inputs]: (input: Inputs[Name]) => unknown },
  onDefect: (error: unknown) => void,
): (name: unknown, input: unknown) => Promise<Reply<unknown>> {
  const answer = answerTable(table, { answer: (name, input) => handlers[name](input), onDefect })
  return async (name, input) => {
    if (!isWithinSize(input, REQUEST_LIMIT)) {
      return { ok: false, failure: failure('invalid-input', 'The window asked with too much text.') }
    }
    const reply = await answer(name, input)
    if (!reply.ok) return { ok: false, failure: shown(reply.failure) }
    return keepsBytes(name) ? reply : { ok: true, value: shown(reply.value) }
  }
}

/** What the page hands back as it got it: profiles and drafts that are edited, folders and files that are named. */
function keepsBytes(name: unknown): boolean {
  return ['profile.', 'folder.', 'policy.', 'window.'].some((area) => String(name).startsWith(area))
}
