import type { Engine, WindowFeed } from '../../engine/engine.ts'
import type { Handlers } from './router.ts'

type RunRequest = Exclude<Extract<keyof Handlers, `run.${string}`>, 'run.pauseAll'>

/** What the window does with background runs. The results come by the feed. */
export function runHandlers(
  { background, runs }: Engine,
  { holds }: WindowFeed,
  onDefect: (error: unknown) => void,
): Pick<Handlers, RunRequest> {
  return {
    'run.start': async (run) => {
      const { runId, sessionId } = await background.start(run)
      return { runId, sessionId }
    },
    'run.conflicts': async (wanted) => ({ conflict: await background.conflict(wanted) }),
    'run.stop': async ({ runId, force }) => {
      await background.stop(runId, { force })
      return null
    },
    'run.resume': async ({ runId, prompt }) => {
      const { run } = await runs.find(runId)
      return background.resume(run.sessionId, prompt)
    },
    'run.clearFinished': async () => {
      await background.clearFinished()
      return null
    },
    'run.fromSession': ({ sessionId }) => background.fromSession(sessionId),
    'run.toSession': async ({ runId }) => {
      const { sessionId } = await background.toSession(runId)
      // Held while its turn runs, whether or not somebody looks.
      holds.with(sessionId, () => undefined).catch(onDefect)
      return { sessionId }
    },
  }
}
