import { FailureError, failure } from '#shared/failure.ts'
import { exitCodeOfFailure } from '#shared/session/exit-code.ts'
import { systemClock } from '../lib/clock.ts'
import type { ProfileStore } from '../profiles/profile-store.ts'
import { noLongerTrue } from '../runs/reconcile.ts'
import { RunRegistry } from '../runs/registry.ts'
import type { RunOutcome } from '../runs/run-outcome.ts'
import { StartData } from '../runs/start-data.ts'
import type { WorkerReport } from '../runs/worker-report.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import { RunHost } from './run-host.ts'
import { RunPublisher } from './run-publisher.ts'

/** What of the engine a background run is run with. */
export interface HostedEngine {
  sessions: Pick<Sessions, 'create' | 'open'>
  profiles: Pick<ProfileStore, 'get' | 'ensureActive'>
  /** Ends what runs, writes what waits and gives up the locks. */
  close(): Promise<void>
}

export interface WorkerOptions {
  /** As it came in; see `StartData`. */
  input: unknown
  openEngine(start: StartData): Promise<HostedEngine>
  platform: string
  /** To whoever started this, once: it has begun, or why not. */
  report(report: WorkerReport): void
  /** When the process is asked to end: SIGTERM. */
  onEndRequest(listener: () => void): void
  onDefect(error: unknown): void
}

/**
 * The life of a background run, in a process of its own: opens the session, listens, publishes itself, runs the turn and
 * all that is said meanwhile to its end. Resolves with the exit code. Rejects for a defect only.
 */
export async function runToItsEnd(options: WorkerOptions): Promise<number> {
  const start = StartData.parse(options.input)
  const { onDefect } = options
  const registry = new RunRegistry(start.dataFolder)
  const publisher = new RunPublisher(registry, start.entry, onDefect)
  const audience = { viewers: 0 }
  let engine: HostedEngine | null = null
  let host: RunHost | null = null
  try {
    engine = await options.openEngine(start)
    const session = await openSession(engine, start, audience)
    host = await RunHost.begin({ ...options, session, start, registry, publisher, audience })
    options.report({ ok: true })
    const outcome = await host.ended()
    // The journal is closed and its lock is free before anybody hears that the run is over.
    await engine.close()
    await host.close(outcome)
    return outcome.exitCode ?? 0
  } catch (error) {
    const value =
      error instanceof FailureError ? error.failure : failure('internal', 'A defect of the app ended the run.')
    const exitCode = exitCodeOfFailure(value)
    const outcome: RunOutcome = { status: 'failed', exitCode, note: value.message, ending: 'failed' }
    const endedAt = systemClock.now()
    await publisher.now({ ...noLongerTrue, ...outcome, endedAt }, null).catch(onDefect)
    options.report({ ok: false, failure: value })
    await engine?.close()
    await host?.removeSocket()
    if (!(error instanceof FailureError)) throw error
    return exitCode
  } finally {
    publisher.stop()
  }
}

async function openSession(
  { sessions, profiles }: HostedEngine,
  start: StartData,
  audience: { viewers: number },
): Promise<Session> {
  const { entry, session: how, overrides, permissions } = start
  const { runId, startedAt, sessionId: id, cwd, profileId } = entry.run
  const hosting = {
    // All that is said in a background run spends from its purse.
    parentRun: { path: runId, startedAt, background: true, limits: [] },
    isWatched: () => audience.viewers > 0,
  }
  // One that was found on a usual port and saved nowhere is found there again.
  if (!profiles.get(profileId)) await profiles.ensureActive({ save: false })
  if (how.kind === 'new') {
    const { kind: _, ...rest } = how
    return await sessions.create({ ...rest, ...hosting, id, cwd, profileId, overrides, permissions, canAnswer: true })
  }
  const { addedFolders } = how
  const session = await sessions.open(id, { ...hosting, addedFolders, closeOpenTurn: start.turn.kind !== 'continue' })
  if (session.runId !== null) {
    throw new FailureError(failure('busy', `This session already runs in the background, as ${session.runId}.`))
  }
  await session.request('setProfile', { profileId, overrides })
  await session.request('setPermissions', { permissions })
  return session
}
