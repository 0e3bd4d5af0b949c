import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** No background run of a test's machine goes on after it, whatever became of the test. */
export async function endRuns(dataFolder: string): Promise<void> {
  const folder = join(dataFolder, 'runs')
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '{}')
    const { run, worker } = JSON.parse(text) as { run?: { endedAt: number | null }; worker?: { pid: number } }
    if (run?.endedAt === null && worker) end(worker.pid)
  }
}

function end(pid: number): void {
  try {
    // Its group: what its tools started goes with it.
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
