import { join } from 'node:path'
import Conf from 'conf'
import { onTestFinished, vi } from 'vitest'
import { createEngine, type Engine } from '../../../electron/engine/engine.ts'
import type { World } from './world.ts'

const worker = join(import.meta.dirname, '../../../out/worker/worker.js')

/** The engine in the test's own process, on the data folder of a world; its workers are the built ones. */
export async function openEngine({ home, env }: World): Promise<Engine> {
  // What commands leave in their temp folder goes with the world.
  vi.stubEnv('TMPDIR', env.TMPDIR)
  onTestFinished(() => {
    vi.unstubAllEnvs()
  })
  const engine = await createEngine({
    dataFolder: home,
    openConf: async (options) => new Conf(options),
    env,
    holder: 'a test',
    platform: process.platform,
    worker: { command: process.execPath, args: [worker], env: {} },
    onDefect: (error) => {
      throw error
    },
  })
  onTestFinished(() => engine.close())
  await engine.sessions.load()
  await engine.watch()
  return engine
}

/** Resolves when a run is so, as the engine sees it. */
export function runSeen(
  { runs }: Engine,
  runId: string,
  isSo: (run: ReturnType<Engine['runs']['list']>[number]) => boolean,
): Promise<ReturnType<Engine['runs']['list']>[number]> {
  return new Promise((resolve) => {
    const look = () => {
      const run = runs.list().find((one) => one.runId === runId)
      if (!run || !isSo(run)) return
      stop()
      resolve(run)
    }
    const stop = runs.onChange(look)
    look()
  })
}

/** Resolves when an event of that kind comes. */
export function told(
  session: { subscribe(listener: (event: { type: string }) => void): () => void },
  type: string,
): Promise<void> {
  return new Promise((resolve) => {
    const stop = session.subscribe((event) => {
      if (event.type !== type) return
      stop()
      resolve()
    })
  })
}
