import { type Failure, FailureError, failure } from '#shared/failure.ts'
import type { SessionId } from '#shared/ids.ts'
import { applyEvent, viewFromStart } from '#shared/session/apply-event.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { type JournalReading, readJournal, repairNotice } from '../journal/read-journal.ts'
import { DeltaJoiner } from './delta-joiner.ts'
import { SessionState } from './session-state.ts'

interface ReadSession<State> extends JournalReading {
  state: State
  /** What the person has to know of a journal that was not whole and was not told before; null = nothing. */
  notice: string | null
}

/** Folds a journal into all that is known of its session. `FailureError` `storage`: it cannot be read. */
export async function readSession(path: string, id: SessionId): Promise<ReadSession<SessionState>> {
  return await fold(path, id, {
    begin: (start) => new SessionState(start),
    apply: (state, entry) => {
      state.apply(entry)
      return state
    },
  })
}

/** Folds a journal into what a person sees of its session. `FailureError` `storage`: it cannot be read. */
export async function readSessionView(path: string, id: SessionId): Promise<ReadSession<SessionView>> {
  return await fold(path, id, { begin: viewFromStart, apply: applyEvent })
}

interface Fold<State> {
  begin(start: Extract<SessionEntry, { type: 'session-start' }>): State
  apply(state: State, entry: SessionEntry): State
}

async function fold<State>(path: string, id: SessionId, { begin, apply }: Fold<State>): Promise<ReadSession<State>> {
  let state: State | null = null
  const told = new Set<string>()
  const joiner = new DeltaJoiner((entry) => {
    if (entry.type === 'warning') told.add(entry.message)
    if (state !== null) state = apply(state, entry)
    else if (entry.type === 'session-start') state = begin(entry)
    else throw new FailureError(unreadable(id, path))
  })
  const reading = await readJournal(path, (entry) => joiner.add(entry))
  joiner.flush()
  if (state === null) throw new FailureError(unreadable(id, path))
  const notice = repairNotice(reading)
  return { ...reading, state, notice: notice !== null && !told.has(notice) ? notice : null }
}

function unreadable(id: SessionId, path: string): Failure {
  return failure('storage', `The journal of session ${id} has no beginning that can be read: ${path}`)
}
