import { z } from 'zod'
import { SessionId } from '../ids.ts'
import type { VerbTable } from '../session/session-verbs.ts'

/** The verbs of a table that the window may ask. */
type WindowVerb<Table extends VerbTable> = {
  [Name in keyof Table & string]: Table[Name]['fromWindow'] extends null ? never : Name
}[keyof Table & string]

/** For each verb that the window may ask, the request with its name. */
type SessionRequests<Table extends VerbTable> = {
  readonly [Name in WindowVerb<Table> as `session.${Name}`]: {
    readonly input: z.ZodObject<NonNullable<Table[Name]['fromWindow']>['shape'] & { sessionId: typeof SessionId }>
    readonly output: z.ZodNull
  }
}

/** The requests of the window that follow from a table of verbs: each says beside the verb's input which session is meant. */
export function sessionRequests<Table extends VerbTable>(table: Table): SessionRequests<Table>
export function sessionRequests(table: VerbTable): object {
  return forWindow(table, (_name, fromWindow) => ({
    input: fromWindow.extend({ sessionId: SessionId }),
    output: z.null(),
  }))
}

/** Answers each of these requests in one way. */
export function sessionRequestHandlers<Table extends VerbTable, Answer>(
  table: Table,
  answer: (name: WindowVerb<Table>, request: { sessionId: SessionId }) => Answer,
): { readonly [Name in WindowVerb<Table> as `session.${Name}`]: (request: { sessionId: SessionId }) => Answer }
export function sessionRequestHandlers(
  table: VerbTable,
  answer: (name: string, request: { sessionId: SessionId }) => unknown,
): object {
  return forWindow(table, (name) => (request: { sessionId: SessionId }) => answer(name, request))
}

function forWindow(table: VerbTable, entry: (name: string, fromWindow: z.ZodObject) => unknown): object {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, { fromWindow }]) =>
      fromWindow ? [[`session.${name}`, entry(name, fromWindow)]] : [],
    ),
  )
}
