import { FailureError, failure, type Reply } from '#shared/failure.ts'
import { type RequestInput, type RequestName, type RequestOutput, requests } from '#shared/feed/requests.ts'
import { shown } from '../../engine/engine.ts'
import { isWithinSize } from './message-size.ts'

/** One function per request; a request without one is a type error. `FailureError` becomes the reply's failure. */
export type Handlers = {
  [Name in RequestName]: (input: RequestInput<Name>) => RequestOutput<Name> | Promise<RequestOutput<Name>>
}

/** The longest thing that may be asked, in characters: somewhat more than the longest text of the table. */
const REQUEST_LIMIT = 6_000_000

/**
 * Answers one request of the page. The page shows what models write, so nothing that it sends is trusted: an unknown
 * name, a misfit input or an oversized one is a reply with a failure. Never rejects; defects go to `onDefect`.
 */
export async function answerRequest(
  handlers: Handlers,
  name: unknown,
  input: unknown,
  onDefect: (error: unknown) => void,
): Promise<Reply<unknown>> {
  if (!isRequestName(name)) return refused('The window asked for something that this app does not know.')
  if (!isWithinSize(input, REQUEST_LIMIT)) return refused(`The window asked "${name}" with too much text.`)
  try {
    return await answer(handlers, name, input)
  } catch (error) {
    if (error instanceof FailureError) return { ok: false, failure: shown(error.failure) }
    onDefect(error)
    return { ok: false, failure: failure('internal', 'That did not work because of a defect in the app. Try again.') }
  }
}

async function answer<Name extends RequestName>(
  handlers: Handlers,
  name: Name,
  input: unknown,
): Promise<Reply<unknown>> {
  const parsed = requests[name].input.safeParse(input)
  if (!parsed.success) return refused(`The window asked "${name}" in a way that does not fit.`)
  // The table ties name and schema together; TypeScript follows that only for one name at a time.
  const handler: (input: RequestInput<Name>) => unknown = handlers[name]
  const value = await handler(parsed.data as RequestInput<Name>)
  return { ok: true, value: keepsBytes(name) ? value : shown(value) }
}

/** What the page hands back as it got it: profiles and drafts that are edited, folders and files that are named. */
function keepsBytes(name: RequestName): boolean {
  return ['profile.', 'folder.', 'policy.', 'window.'].some((area) => name.startsWith(area))
}

function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(requests, name)
}

function refused(message: string): Reply<never> {
  return { ok: false, failure: failure('invalid-input', message) }
}
