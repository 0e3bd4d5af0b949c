import type { SessionSummary } from '#shared/feed/app-state.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import { Journal } from '../journal/journal.ts'
import { KeptSummary } from './kept-summary.ts'
import type { LiveSession } from './live-session.ts'
import type { Session } from './sessions.ts'

export interface OpenSession {
  session: Session
  /** Where it is written here: ends its turn, and gives up its lock. */
  close(): Promise<void>
}

interface Holding {
  lock: { release(): Promise<void> }
  /** Of its journal, of which so many bytes are whole. */
  path: string
  wholeBytes: number
  /** What its journal begins with; undefined = it has begun. */
  first?: SessionEntry
  onSummary(summary: SessionSummary): void
  writeSummary(summary: SessionSummary): Promise<void>
}

/** Opens the journal of a session whose lock is ours, and keeps its summary current from here on. `FailureError` `storage`. */
export async function holdSession(session: LiveSession, holding: Holding): Promise<OpenSession> {
  const { lock, path, wholeBytes, first } = holding
  const journal = await Journal.open(path, wholeBytes, (error) => session.failStorage(error.failure))
  if (first) {
    journal.append(first)
    await journal.flush()
  }
  session.attach(journal)
  const kept = new KeptSummary(session, holding.onSummary, holding.writeSummary)
  return {
    session,
    close: async () => {
      try {
        await journal.close()
        await kept.close()
      } finally {
        // Also where the disk refuses: who opens it next must not be told that it is open here.
        await lock.release()
      }
    },
  }
}
