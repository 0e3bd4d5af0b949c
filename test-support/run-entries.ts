import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ProfileId, RunId, SessionId } from '#shared/ids.ts'
import { unstartedRun } from '#shared/run/background.ts'
import { noUsage } from '#shared/spending/usage-totals.ts'
import { identityOf } from '../electron/engine/lib/process-identity.ts'
import type { Surroundings } from '../electron/engine/runs/reconcile.ts'
import { RunRegistry } from '../electron/engine/runs/registry.ts'
import { type RunEntry, workerIdentity } from '../electron/engine/runs/run-entry.ts'
import { RUN_ENTRY_VERSION, RUN_PROTOCOL } from '../electron/engine/runs/run-version.ts'

/** A data folder for one test. */
export async function surroundings(): Promise<Surroundings & { dataFolder: string }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'claw-runs-'))
  onTestFinished(() => rm(dataFolder, { recursive: true, force: true }))
  const registry = new RunRegistry(dataFolder)
  await registry.prepare()
  return {
    dataFolder,
    registry,
    journalOf: (id) => join(dataFolder, `${id}.jsonl`),
    clock: { now: () => 5_000 },
  }
}

/** A process that does nothing until it is killed, in the place of a worker. */
export async function sleeper(env: Record<string, string> = {}): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore', env: { ...process.env, ...env } })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  return Object.assign(child, { pid: child.pid ?? 0 })
}

export async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

export function runId(number: number): RunId {
  return RunId.parse(`run${String(number).padStart(7, '0')}`)
}

export async function entryOf(pid: number, change: Partial<RunEntry['run']> = {}): Promise<RunEntry> {
  const { modelCalls: _, ...usage } = noUsage
  return {
    version: RUN_ENTRY_VERSION,
    protocol: RUN_PROTOCOL,
    worker: await workerIdentity(await identityOf(pid), 'instance-1'),
    endpoint: { host: null, path: '/tmp/nowhere.sock', token: 'secret' },
    afterSeq: 0,
    run: {
      ...unstartedRun,
      runId: runId(1),
      sessionId: SessionId.parse('session001'),
      status: 'running',
      pid,
      cwd: '/project',
      profileId: ProfileId.parse('demo'),
      profileName: 'Demo',
      model: 'demo',
      prompt: 'Do it.',
      title: 'Do it.',
      permissions: { write: 'ask', shell: 'ask', sandbox: true },
      origin: 'a terminal',
      startedAt: 1_000,
      usage,
      limits: {},
      phase: 'writing',
      tokensPerSecond: 12,
      viewers: 1,
      ...change,
    },
  }
}
