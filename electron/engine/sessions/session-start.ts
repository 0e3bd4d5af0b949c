import { viewFromEntries } from '#shared/session/apply-event.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import { Conversation } from '../agent/conversation.ts'
import type { SessionStart } from './live-session.ts'
import { newestOptions, openTurnOf } from './open-turn.ts'
import { SessionCounts } from './session-counts.ts'
import type { Hosting, NewSession } from './sessions.ts'

/** How a session with these entries begins its life in a process; the first must be its start. */
export function startFrom(
  entries: readonly SessionEntry[],
  workspace: SessionStart['workspace'],
  options: Pick<NewSession, 'canAnswer' | 'overrides' | keyof Hosting>,
): SessionStart {
  const view = viewFromEntries(entries)
  if (!view) throw new Error('A session begins with session-start.')
  const conversation = new Conversation()
  const counts = new SessionCounts()
  let facts = ''
  for (const entry of entries) {
    conversation.apply(entry)
    counts.apply(entry)
    if (entry.type === 'turn-start' && entry.facts) facts = entry.facts
  }
  return {
    // Nobody here waits for those answers: whoever goes on with the turn asks again.
    view: { ...view, approvals: [] },
    conversation,
    facts,
    workspace,
    openTurn: openTurnOf(entries),
    options: newestOptions(entries),
    counts,
    canAnswer: options.canAnswer,
    isWatched: options.isWatched ?? (() => options.canAnswer),
    ...(options.parentRun && { parentRun: options.parentRun }),
    ...(options.overrides && { overrides: options.overrides }),
  }
}
