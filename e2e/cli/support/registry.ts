import { watch } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { BackgroundRun } from '../../../shared/run/background.ts'
import type { World } from './world.ts'

/** An entry of the registry, as it is on the disk. */
export interface EntryOnDisk {
  run: Omit<BackgroundRun, 'usable'>
  worker: { pid: number; startedAt: string }
  endpoint: { path: string; token: string } | null
}

export interface StartedRun {
  runId: string
  sessionId: string
}

/** `claw agent-bg` with these arguments; what it started is gone when the test is over. */
export async function startRun(
  world: World,
  args: readonly string[],
  options?: Parameters<World['run']>[1],
): Promise<StartedRun> {
  endWithTest(world)
  const { code, out, side } = await world.run(['agent-bg', '--json', ...args], options)
  if (code !== 0) throw new Error(`agent-bg ended with ${code}: ${out}${side}`)
  return JSON.parse(out) as StartedRun
}

const ending = new WeakSet<World>()

/** Also what a test that failed left running. */
export function endWithTest(world: World): void {
  if (ending.has(world)) return
  ending.add(world)
  onTestFinished(async () => {
    for (const { worker } of await entries(world)) {
      if (await isWorker(worker.pid)) process.kill(worker.pid, 'SIGKILL')
    }
  })
}

export function runsFolder({ home }: World): string {
  return join(home, 'runs')
}

export async function entryOf(world: World, runId: string): Promise<EntryOnDisk> {
  return JSON.parse(await readFile(join(runsFolder(world), `${runId}.json`), 'utf8')) as EntryOnDisk
}

export async function entries(world: World): Promise<EntryOnDisk[]> {
  const names = (await readdir(runsFolder(world)).catch(() => [])).filter((name) => name.endsWith('.json'))
  return Promise.all(names.map((name) => entryOf(world, name.slice(0, -5))))
}

/** Resolves with the entry once it is so: the registry's folder tells of every change. */
export function runIs(world: World, runId: string, isSo: (run: EntryOnDisk['run']) => boolean): Promise<EntryOnDisk> {
  return new Promise((resolve, reject) => {
    const look = async () => {
      const entry = await entryOf(world, runId)
      if (!isSo(entry.run)) return
      watcher.close()
      resolve(entry)
    }
    const watcher = watch(runsFolder(world), () => {
      look().catch(reject)
    })
    look().catch(reject)
  })
}

/** Resolves when the process is gone, or only waits to be collected. */
export async function processGone(pid: number): Promise<void> {
  // No event tells of the end of a process that is not our child.
  while (await isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
}

export async function isThere(pid: number): Promise<boolean> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2))
  } catch {
    return false
  }
}

/** Every process that a run of this registry has started and that is still there. */
export async function leftOf(runIds: readonly string[]): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const marks = runIds.map((id) => `CLAW_BACKGROUND_RUN=${id}`)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      return marks.some((mark) => environment.split('\0').includes(mark)) && (await isThere(pid)) ? [pid] : []
    }),
  )
  return found.flat()
}

async function isWorker(pid: number): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
  return environment.includes('CLAW_BACKGROUND_RUN=') && (await isThere(pid))
}

/** As a script sees it. */
export async function listed(world: World, options?: Parameters<World['run']>[1]): Promise<Record<string, unknown>[]> {
  const { code, out, side } = await world.run(['agent-ps', '--json'], options)
  if (code !== 0) throw new Error(`agent-ps ended with ${code}: ${side}`)
  return JSON.parse(out) as Record<string, unknown>[]
}
