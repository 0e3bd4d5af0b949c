import { FailureError, failure } from '#shared/failure.ts'
import { isOver } from '#shared/run/run-words.ts'
import { endProcessTree } from '../lib/process-tree.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import { noLongerTrue, type Surroundings } from '../runs/reconcile.ts'
import { hostOf, isWorkerAlive, type RegisteredRun } from '../runs/run-entry.ts'
import { killedBy } from '../runs/run-outcome.ts'
import { markerOf } from '../runs/worker-marker.ts'
import { removeSocket } from '../runs/worker-socket.ts'

/** How long a worker may take to stop its turn, to end its tools and to write its journal. Milliseconds. */
const GRACE_MS = 6_000

interface EndOptions {
  /** For people: "you from a terminal". */
  by: string
  /** Now, without a word to the worker. */
  force: boolean
}

/**
 * Ends a run for good: asks its worker and all that it started, then kills what is left, and looks whether it is gone.
 * A run that is over already stays as it is. `FailureError`: `busy` something of it cannot be ended, `storage`.
 */
export async function endRun(record: RegisteredRun, { by, force }: EndOptions, around: Surroundings): Promise<void> {
  const { run, entry, worker } = record
  const { registry, clock } = around
  if (isOver(run)) return
  if (!worker) {
    const words = `The run ${run.runId} was started by another version of the app, which alone can end it.`
    throw new FailureError(failure('busy', words))
  }
  const host = hostOf(record)
  if (host !== null) {
    throw new FailureError(failure('busy', `The run ${run.runId} is on ${host}, which cannot be reached from here.`))
  }
  try {
    await registry.requestKill(run.runId, by, clock.now())
  } catch (error) {
    // On a disk that is full, or in a folder that refuses, it still ends; only nobody can read who wanted that.
    if (!(await isWorkerAlive(record))) throw new FailureError(storageFailure('end the run', error), { cause: error })
  }
  const marker = markerOf(run.runId)
  // Asked again right before the signal: by now the pid may be another's.
  const tree = (await isWorkerAlive(record)) ? { pid: worker.pid, marker } : { pid: null, marker }
  const survivors = await endProcessTree(tree, { graceMs: force ? 0 : GRACE_MS })
  if (survivors.length > 0) {
    const words = `Something of the run ${run.runId} is still there after SIGKILL: process ${survivors.join(', ')}.`
    throw new FailureError(failure('busy', words))
  }
  if (!entry) return
  const last = (await registry.read(run.runId))?.entry ?? entry
  if (last.endpoint) await removeSocket(last.endpoint, registry.folder)
  if (isOver(last.run)) return
  const endedAt = Math.max(clock.now(), run.startedAt)
  // It has ended; where the disk refuses, whoever looks next finds that nobody lives there.
  await registry.amend(run.runId, { ...noLongerTrue, ...killedBy(by), endedAt }).catch(() => undefined)
}
