import type { Launcher, WorkerProgram } from './launcher.ts'
import type { RunRegistry } from './registry.ts'

/** Starts workers as detached processes of this machine, which outlive whoever started them. */
export function processLauncher(program: WorkerProgram, registry: RunRegistry): Launcher {
  return {
    async launch(order) {
      // Only who starts a run pays for loading it.
      const { spawnWorker } = await import('./spawn-worker.ts')
      await spawnWorker(program, registry, order)
    },
  }
}
