import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { constants } from 'node:os'
import { endProcessTree, leftProcesses } from '../lib/process-tree.ts'
import { RUN_MARKER } from '../lib/run-marker.ts'
import { CommandOutput } from './command-output.ts'
import { ToolProblem } from './tool-problem.ts'

export interface CommandRequest {
  command: string
  folder: string
  environment: Readonly<Record<string, string>>
  /** A command line that runs the shell inside of something. */
  wrapper: readonly string[]
  timeoutMs: number
  signal: AbortSignal
  onOutput(text: string): void
}

export interface CommandEnd {
  output: string
  /** As a shell says it: 128 and the number of the signal that ended it. */
  exitCode: number
  timedOut: boolean
  /** It left processes behind; they were ended. */
  leftovers: boolean
}

/** How long output may still come after the command ended, while something else holds its pipe open. */
const DRAIN_MS = 200
const MARKER = 'CLAW_COMMAND_ID'

/** Both outputs go through one pipe, so that they come in the order in which they were written. */
const SHELL = 'exec 2>&1; c=$1; shift; s=sh; command -v bash >/dev/null && s=bash; exec "$@" "$s" -c "$c"'

/**
 * Runs a shell command to its end, without terminal or input. When it ends, or must end, nothing of it is left.
 * Rejects with the signal's reason after an abort, and with `ToolProblem` if the shell cannot start.
 */
export async function runCommand(request: CommandRequest): Promise<CommandEnd> {
  const { signal, wrapper } = request
  signal.throwIfAborted()
  const output = new CommandOutput((text) => {
    if (!signal.aborted) request.onOutput(text)
  })
  const id = randomUUID()
  const child = spawn('sh', ['-c', SHELL, 'sh', request.command, ...wrapper], {
    cwd: request.folder,
    env: { ...request.environment, ...runMarker(), [MARKER]: id },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  child.stdout.on('data', (bytes: Buffer) => output.write(bytes))
  const closed = new Promise<void>((resolve) => child.stdout.once('close', resolve))
  const exited = exitOf(child)
  // Without a pid it never started, and `exited` rejects.
  const tree = { pid: child.pid ?? (await exited), marker: `${MARKER}=${id}` }
  const why = await firstOf(exited, signal, request.timeoutMs)
  // A sandbox takes what is left with it by itself, a moment later.
  const leftovers = why === 'exit' && wrapper.length === 0 && (await leftProcesses(tree))
  const survivors = why !== 'exit' || leftovers ? await endProcessTree(tree, { spareRoot: wrapper.length > 0 }) : []
  const exitCode = survivors.includes(tree.pid) ? 137 : await exited
  await settled(closed, DRAIN_MS)
  child.stdout.destroy()
  signal.throwIfAborted()
  return { output: output.end(), exitCode, timedOut: why === 'timeout', leftovers }
}

/** A command of a background run can be found as such, whatever becomes of the run. */
function runMarker(): Record<string, string> {
  const run = process.env[RUN_MARKER]
  return run === undefined ? {} : { [RUN_MARKER]: run }
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new ToolProblem(`The shell could not be started: ${error.message}`, 'no shell'))
    })
    child.once('exit', (code, name) => resolve(code ?? 128 + (name ? constants.signals[name] : 0)))
  })
}

async function firstOf(
  exited: Promise<unknown>,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<'exit' | 'abort' | 'timeout'> {
  let stopWaiting = () => {}
  const interrupted = new Promise<'abort' | 'timeout'>((resolve) => {
    const onAbort = () => resolve('abort')
    const timer = setTimeout(() => resolve('timeout'), timeoutMs)
    signal.addEventListener('abort', onAbort)
    stopWaiting = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  })
  try {
    return await Promise.race([exited.then(() => 'exit' as const), interrupted])
  } finally {
    stopWaiting()
  }
}

async function settled(work: Promise<void>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}
