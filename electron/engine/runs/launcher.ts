import type { RunEntry } from './run-entry.ts'
import type { StartData } from './start-data.ts'

/** A run that is to begin: its entry without a process, and what its worker is told. */
export interface RunOrder {
  run: RunEntry['run']
  start: Omit<StartData, 'entry'>
  /** What a worker may know of the environment here; a launcher adds what its workers need. */
  env: Readonly<Record<string, string>>
}

/** A way to start the workers of runs: as a process of this machine, or as whatever runs one elsewhere. */
export interface Launcher {
  /**
   * Resolves when the run is published in the registry and its first turn has begun. `FailureError`: what kept it from
   * beginning, in the worker's own words where it has any; nothing of the run is left then.
   */
  launch(order: RunOrder): Promise<void>
}

/** How the program of a worker is started. */
export interface WorkerProgram {
  command: string
  args: readonly string[]
  /** Beside what it inherits. */
  env: Readonly<Record<string, string>>
}
