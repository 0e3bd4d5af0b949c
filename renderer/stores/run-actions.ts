import { create } from 'zustand'
import type { Failure } from '#shared/failure.ts'
import type { RunId, SessionId } from '#shared/ids.ts'
import type { FolderConflict, NewRun } from '#shared/run/background.ts'
import { request } from '../bridge/bridge.ts'
import { focusMessage } from '../lib/focus.ts'
import { surface } from './actions.ts'
import { useRouteStore } from './route-store.ts'
import { goToRun } from './run-place.ts'

/** The place of problems with runs. */
const RUNS = 'background'

/** Ends what the run does; it can be resumed. */
export async function stopRun(runId: RunId): Promise<void> {
  await surface(RUNS, request('run.stop', { runId, force: false }))
}

/** Goes on where it stopped, or with what is said now. False = it did not, the problem is shown. */
export async function resumeRun(runId: RunId, prompt?: string): Promise<boolean> {
  const resumed = await surface(RUNS, request('run.resume', { runId, ...(prompt !== undefined && { prompt }) }))
  if (resumed) goToRun(resumed.value.runId)
  return resumed !== null
}

/** Both null = it was started. With `ask` a folder in which somebody works already is told instead. */
export async function startRun(
  run: NewRun,
  ask: boolean,
): Promise<{ conflict: FolderConflict | null; failure: Failure | null }> {
  if (ask) {
    const asked = await request('run.conflicts', { cwd: run.cwd, permissions: run.permissions })
    if (!asked.ok) return { conflict: null, failure: asked.failure }
    if (asked.value.conflict) return { conflict: asked.value.conflict, failure: null }
  }
  const started = await request('run.start', run)
  if (!started.ok) return { conflict: null, failure: started.failure }
  goToRun(started.value.runId)
  return { conflict: null, failure: null }
}

/** Their sessions stay. */
export async function clearFinished(): Promise<void> {
  await surface(RUNS, request('run.clearFinished', {}))
}

export async function pauseAll(paused: boolean): Promise<void> {
  await surface(RUNS, request('run.pauseAll', { paused }))
}

/** Chats and runs on their way from or to the background: a command that runs comes to its end first. */
export const useMoving = create<{ ids: ReadonlySet<string> }>()(() => ({ ids: new Set() }))

/** null = it is on its way already, or did not go. */
async function whileMoving<Result>(id: string, move: () => Promise<Result>): Promise<Result | null> {
  if (useMoving.getState().ids.has(id)) return null
  useMoving.setState(({ ids }) => ({ ids: new Set([...ids, id]) }))
  try {
    return await move()
  } finally {
    useMoving.setState(({ ids }) => ({ ids: new Set([...ids].filter((one) => one !== id)) }))
  }
}

/** The chat goes on without the window; the page of runs shows it. */
export async function sendToBackground(sessionId: SessionId): Promise<void> {
  const sent = await whileMoving(sessionId, () => surface(sessionId, request('run.fromSession', { sessionId })))
  if (!sent) return
  goToRun(sent.value.runId)
  useRouteStore.getState().go('background')
}

/** The run becomes a chat of the window again. */
export async function takeFromBackground(runId: RunId): Promise<void> {
  const taken = await whileMoving(runId, () => surface(RUNS, request('run.toSession', { runId })))
  if (!taken) return
  useRouteStore.getState().go('chat', taken.value.sessionId)
  focusMessage()
}
