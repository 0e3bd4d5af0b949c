import { watch } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { RunEntry } from '../../../electron/engine/runs/run-entry.ts'
import type { World } from './world.ts'

export interface StartedRun {
  runId: string
  sessionId: string
  /** All that stood on standard error. */
  side: string
  worktree?: { path: string; branch: string }
}

/** Background runs of a world; none of them outlives the test. */
export function runsOf({ home, run }: World) {
  const folder = join(home, 'runs')
  onTestFinished(async () => {
    const names = await readdir(folder).catch(() => [])
    const texts = await Promise.all(names.filter((name) => name.endsWith('.json')).map(read))
    for (const { worker } of texts.flatMap((entry) => entry ?? [])) endGroup(worker.pid)
  })

  async function read(name: string): Promise<RunEntry | null> {
    try {
      return RunEntry.parse(JSON.parse(await readFile(join(folder, name), 'utf8')))
    } catch {
      // Not there yet, or replaced at this moment: the next change tells.
      return null
    }
  }

  return {
    async start(args: readonly string[], cwd?: string): Promise<StartedRun> {
      const { code, out, side } = await run(['agent-bg', '--json', ...args], cwd === undefined ? {} : { cwd })
      if (code !== 0) throw new Error(`agent-bg ended with ${code}:\n${out}\n${side}`)
      return { ...JSON.parse(out), side }
    },

    /** Resolves with the run as soon as it fits. */
    is(runId: string, fits: (run: RunEntry['run']) => boolean): Promise<RunEntry['run']> {
      return new Promise((resolve, reject) => {
        const look = async () => {
          const entry = await read(`${runId}.json`)
          if (!entry || !fits(entry.run)) return
          watcher.close()
          resolve(entry.run)
        }
        const watcher = watch(folder, () => {
          look().catch(reject)
        })
        look().catch(reject)
      })
    },
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
