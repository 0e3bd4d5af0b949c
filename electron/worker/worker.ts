import { join, resolve } from 'node:path'
import { keepCompiled } from '../engine/compiled.ts'

/** The program of a background run. Who starts it waits until it has begun, so it keeps its compiled form as the terminal does. */
async function start(): Promise<void> {
  // It is started in the folder of the runs, which is in the data folder.
  keepCompiled(resolve('../cache'), 'worker')
  const { run } = await import('./run.ts')
  await run(join(import.meta.dirname, '../cli/claw.js'))
}

// A run has no terminal, and nobody who closes one ends it.
process.on('SIGHUP', () => undefined)
process.on('SIGINT', () => undefined)
void start()
