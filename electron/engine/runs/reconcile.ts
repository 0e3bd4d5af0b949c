import type { SessionId } from '#shared/ids.ts'
import { letsGoOn } from '#shared/limits/budget.ts'
import { isOver } from '#shared/run/run-words.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import { entriesFromEnd } from '../journal/journal-end.ts'
import type { Clock } from '../lib/clock.ts'
import { endProcessTree } from '../lib/process-tree.ts'
import type { RunRegistry } from './registry.ts'
import { hostOf, isWorkerAlive, type RegisteredRun, type RunEntry, registeredRunOf } from './run-entry.ts'
import { interrupted, killedBy, outcomeOf, type RunOutcome } from './run-outcome.ts'
import { markerOf } from './worker-marker.ts'
import { removeSocket } from './worker-socket.ts'

export interface Surroundings {
  registry: RunRegistry
  journalOf(sessionId: SessionId): string
  clock: Clock
}

/**
 * What a run's entry comes to when its worker is looked at: as it is, or, where the worker is gone, how the run ended.
 * What the worker's commands left behind ends too. Does not reject: where the entry cannot be written, it is only shown.
 */
export async function reconciled(record: RegisteredRun, surroundings: Surroundings): Promise<RegisteredRun> {
  const { entry, run } = record
  // Nobody here can look for a worker of another host: what it wrote stands.
  if (isOver(run) || hostOf(record) !== null || (await isWorkerAlive(record))) return record
  if (!entry) return { ...record, run: { ...run, ...interrupted } }
  const { registry, clock } = surroundings
  // Gone: nobody writes the entry any more. It may have written how it ended between the two looks.
  const last = (await registry.read(entry.run.runId))?.entry ?? entry
  if (isOver(last.run)) return registeredRunOf(last)
  const outcome = await outcomeWithout(last, surroundings)
  const change = { ...noLongerTrue, ...outcome, endedAt: Math.max(clock.now(), last.run.startedAt) }
  await endProcessTree({ pid: null, marker: markerOf(last.run.runId) })
  // A socket that stays behind is swept away later.
  if (last.endpoint) await removeSocket(last.endpoint, registry.folder).catch(() => undefined)
  // A folder that cannot be written must not keep anybody from seeing how it is.
  await registry.amend(last.run.runId, change).catch(() => undefined)
  return registeredRunOf({ ...last, endpoint: null, run: { ...last.run, ...change } })
}

/** What is not known, or not true any more, of a run that is over. */
export const noLongerTrue = {
  phase: null,
  phaseDetail: '',
  tokensPerSecond: null,
  approvals: [],
  waitsUntil: null,
  queuedBefore: null,
  viewers: 0,
}

async function outcomeWithout(entry: RunEntry, { registry, journalOf }: Surroundings): Promise<RunOutcome> {
  const request = await registry.killRequest(entry.run.runId)
  if (request) return killedBy(request.by)
  if (entry.run.status === 'starting') {
    const note = `it ended before it began, see ${registry.log(entry.run.runId)}`
    return { status: 'failed', exitCode: 1, note, ending: 'not-begun' }
  }
  return (await outcomeInJournal(journalOf(entry.run.sessionId), entry.afterSeq)) ?? interrupted
}

/** How the run's last turn ended; null = it did not, or nobody can read it. */
async function outcomeInJournal(path: string, afterSeq: number): Promise<RunOutcome | null> {
  let end: Extract<SessionEntry, { type: 'turn-end' }> | null = null
  try {
    for await (const entry of entriesFromEnd(path)) {
      if (entry.seq <= afterSeq || entry.type === 'turn-start' || entry.type === 'turn-resume') break
      // Who chose the end at a limit said so before it.
      if (entry.type === 'budget-answer' && end) return outcomeOf(end, !letsGoOn(entry.answer))
      if (entry.type !== 'turn-end') continue
      if (end || entry.reason !== 'budget') return outcomeOf(end ?? entry, false)
      end = entry
    }
  } catch {
    // Opening the session says what is wrong with its journal.
  }
  return end && outcomeOf(end, false)
}
