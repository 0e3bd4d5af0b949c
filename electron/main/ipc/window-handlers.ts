import type { Engine } from '../../engine/engine.ts'
import type { Handlers } from './router.ts'

/** What the window keeps beyond its own life. */
export function windowHandlers({ remembered }: Engine): Pick<Handlers, 'window.recall' | 'window.remember'> {
  return {
    'window.recall': () => remembered.recall(),
    'window.remember': async ({ change }) => {
      await remembered.remember(change)
      return null
    },
  }
}
