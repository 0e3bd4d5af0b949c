import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { type FileHandle, open as openFile, readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { type Failure, FailureError, failure } from '#shared/failure.ts'
import { parseJson } from '#shared/lib/json.ts'
import { withCover } from '../lib/inherited-files.ts'
import { identityOf } from '../lib/process-identity.ts'
import { endProcessTree } from '../lib/process-tree.ts'
import { storageFailure } from '../lib/storage-failure.ts'
import type { RunOrder, WorkerProgram } from './launcher.ts'
import type { RunRegistry } from './registry.ts'
import { type RunEntry, workerIdentity } from './run-entry.ts'
import { RUN_ENTRY_VERSION, RUN_PROTOCOL } from './run-version.ts'
import type { StartData } from './start-data.ts'
import { markerOf } from './worker-marker.ts'
import { REPORT_FD, WorkerReport } from './worker-report.ts'

/** How long a worker may take until it is published. Milliseconds. */
const BEGIN_MS = 60_000

/**
 * Starts the worker of a run, detached, and resolves when the run is published. `FailureError`: what kept it from
 * beginning, in the worker's own words where it has any; nothing of it is left then.
 */
export async function spawnWorker(
  program: WorkerProgram,
  registry: RunRegistry,
  { run, start, env }: RunOrder,
): Promise<void> {
  const { runId } = run
  const log = await openLog(registry, run)
  let child: ChildProcess
  try {
    child = await withCover(REPORT_FD + 1, (cover) =>
      spawn(program.command, program.args, {
        cwd: registry.folder,
        env: { ...env, ...program.env },
        detached: true,
        windowsHide: true,
        stdio: ['pipe', log.fd, log.fd, 'pipe', ...cover],
      }),
    )
  } finally {
    await log.close()
  }
  // A worker that dies closes its input; why it died is told below.
  child.stdin?.on('error', () => undefined)
  const report = reportOf(child)
  try {
    const pid = child.pid
    if (pid === undefined) throw new FailureError((await report) ?? died(null, null))
    const worker = await workerIdentity(await identityOf(pid), randomUUID())
    const entry: RunEntry = {
      version: RUN_ENTRY_VERSION,
      protocol: RUN_PROTOCOL,
      run: { ...run, pid },
      worker,
      endpoint: null,
      afterSeq: 0,
    }
    await published(registry, entry)
    child.stdin?.end(JSON.stringify({ ...start, entry } satisfies StartData))
    const value = await report
    if (value) throw new FailureError(await withLog(value, registry, run))
  } catch (error) {
    if (child.pid !== undefined) await endProcessTree({ pid: child.pid, marker: markerOf(runId) })
    // What is told is why it did not begin; an entry without a process is seen to be one.
    await registry.remove(runId).catch(() => undefined)
    throw error
  } finally {
    child.stdin?.destroy()
    child.stdio[REPORT_FD]?.destroy()
    child.unref()
  }
}

async function openLog(registry: RunRegistry, { runId }: RunEntry['run']): Promise<FileHandle> {
  try {
    await registry.prepare()
    return await openFile(registry.log(runId), 'a', 0o600)
  } catch (error) {
    throw new FailureError(storageFailure('start a background run', error), { cause: error })
  }
}

async function published(registry: RunRegistry, entry: RunEntry): Promise<void> {
  try {
    await registry.write(entry)
  } catch (error) {
    throw new FailureError(storageFailure('start a background run', error), { cause: error })
  }
}

/** Resolves with what kept the worker from beginning; null = nothing did. */
function reportOf(child: ChildProcess): Promise<Failure | null> {
  return new Promise((resolve) => {
    let text = ''
    const pipe = child.stdio[REPORT_FD] as Readable | null
    const timer = setTimeout(() => resolve(tooSlow), BEGIN_MS)
    const settle = (value: Failure | null) => {
      clearTimeout(timer)
      resolve(value)
    }
    child.once('error', (error) => settle(failure('internal', `The worker could not be started: ${error.message}`)))
    pipe?.setEncoding('utf8')
    pipe?.on('error', () => undefined)
    pipe?.on('data', (chunk: string) => {
      text += chunk
      if (!text.endsWith('\n')) return
      const report = WorkerReport.safeParse(parseJson(text))
      if (report.success) settle(report.data.ok ? null : report.data.failure)
    })
    child.once('exit', (code, signal) => {
      // What it wrote last may still be on its way.
      pipe?.once('close', () => settle(died(code, signal)))
      if (!pipe || pipe.destroyed) settle(died(code, signal))
    })
  })
}

const tooSlow = failure('timeout', `The worker has not begun within ${BEGIN_MS / 1000} seconds, so it was ended.`)

function died(code: number | null, signal: NodeJS.Signals | null): Failure {
  const how = signal ? `it was ended by ${signal}` : `exit code ${code}`
  return failure('internal', `The worker of this run ended before it began: ${how}.`)
}

/** Its last words, where it has none of its own making. */
async function withLog(value: Failure, registry: RunRegistry, { runId }: RunEntry['run']): Promise<Failure> {
  if (value.code !== 'internal') return value
  // It may have ended before it had a log.
  const text = await readFile(registry.log(runId), 'utf8').catch(() => '')
  const line =
    text
      .trim()
      .split('\n')
      .find((one) => /error/i.test(one)) ?? text.trim().split('\n').at(-1)
  return line ? { ...value, message: `${value.message} It said: ${line.trim().slice(0, 500)}` } : value
}
