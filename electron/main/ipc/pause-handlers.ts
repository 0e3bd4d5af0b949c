import type { Engine } from '../../engine/engine.ts'
import type { Handlers } from './router.ts'

/** *Pause all*. That it is so comes by the feed. */
export function pauseHandlers({ pause }: Engine): Pick<Handlers, 'run.pauseAll'> {
  return {
    'run.pauseAll': async ({ paused }) => {
      await pause.set(paused)
      return null
    },
  }
}
