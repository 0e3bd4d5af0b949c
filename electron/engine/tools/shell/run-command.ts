import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { constants } from 'node:os'
import { withCover } from '../../lib/inherited-files.ts'
import { endProcessTree, leftProcesses } from '../../lib/process-tree.ts'
import { RUN_MARKER } from '../../lib/run-marker.ts'
import { errorCode } from '../../lib/storage-failure.ts'
import { systemProblem, ToolProblem } from '../contract/tool-problem.ts'
import { type CommandGroup, type CommandLimits, makeCommandGroup } from './command-group.ts'
import { CommandOutput } from './command-output.ts'
import { commandShell } from './command-shell.ts'
import { REPORT_FD, type ShellLine, shellLine } from './shell-line.ts'

export interface CommandRequest {
  command: string
  folder: string
  environment: Readonly<Record<string, string>>
  sandbox: CommandSandbox | null
  timeoutMs: number
  /** As far as the system holds a command to them. */
  limits: CommandLimits
  signal: AbortSignal
  onOutput(text: string): void
}

/** Where a command runs; nothing of it is left there when its first process ends. */
export interface CommandSandbox {
  /** A command line that runs what is appended to it. */
  wrapper: readonly string[]
  /** For descriptor 3 of it. */
  filter: Buffer | null
}

export interface CommandEnd {
  output: string
  /** As a shell says it: 128 and the number of the signal that ended it. */
  exitCode: number
  /** Why it ended before its time. */
  ended: 'timeout' | 'stopped' | null
  /** It left processes behind; they were ended. */
  leftovers: boolean
}

/** How long output may still come after the command ended, while something else holds its pipe open. */
const DRAIN_MS = 200
/** Who ends a run signals the worker and its commands at once: a command may be gone before the worker has heard of it. */
const ABORT_FOLLOWS_MS = 1000
/** Exit codes of what SIGTERM or SIGKILL ended. */
const SIGNALLED: readonly number[] = [143, 137]
const MARKER = 'CLAW_COMMAND_ID'
/** Bytes of message queues that a user may have by default: a soft limit up to there can always be set. */
const LARGEST_MARK = 800_000

/**
 * Runs a shell command to its end, without terminal or input. When it ends, or must end, nothing of it is left, and what
 * it printed is kept. Rejects with the signal's reason if it was aborted before it began, and with `ToolProblem` if the
 * shell cannot start.
 */
export async function runCommand(request: CommandRequest): Promise<CommandEnd> {
  const { signal, sandbox } = request
  signal.throwIfAborted()
  const group = await makeCommandGroup(request.limits)
  try {
    signal.throwIfAborted()
    return await runInGroup(request, sandbox, group)
  } finally {
    await group?.remove()
  }
}

async function runInGroup(
  request: CommandRequest,
  sandbox: CommandSandbox | null,
  group: CommandGroup | null,
): Promise<CommandEnd> {
  const { command, folder, environment, timeoutMs, signal } = request
  const output = new CommandOutput((text) => {
    if (!signal.aborted) request.onOutput(text)
  })
  const shell = await commandShell(environment.PATH ?? '')
  const id = randomUUID()
  const limit = sandbox || process.platform !== 'linux' ? null : randomInt(1, LARGEST_MARK)
  const line = shellLine({
    ...{ command, shell, wrapper: sandbox?.wrapper ?? [], mark: limit, groups: group?.files ?? [] },
    mostProcesses: sandbox && process.getuid?.() !== 0 ? request.limits.processes : null,
  })
  const env = { ...environment, ...runMarker(), [MARKER]: id }
  const child = await start(line, folder, env, sandbox, shell)
  const exited = exitOf(child)
  // Without a pid it never started, and `exited` rejects.
  const tree = { pid: child.pid ?? (await exited), marker: `${MARKER}=${id}`, limit, group }
  const left = sandbox ? reportOf(child, sandbox.filter) : null
  child.stdout?.on('data', (bytes: Buffer) => output.write(bytes))
  const closed = new Promise<void>((resolve) => child.stdout?.once('close', resolve))
  const why = await firstOf(exited, signal, timeoutMs)
  // A sandbox takes what is left with it by itself, a moment later.
  const leftovers = why === 'exit' && !sandbox && (await leftProcesses(tree))
  const survivors = why !== 'exit' || leftovers ? await endProcessTree(tree, { spareRoot: sandbox !== null }) : []
  const exitCode = survivors.includes(tree.pid) ? 137 : await exited
  await settled(closed, DRAIN_MS)
  child.stdout?.destroy()
  const stopped = why === 'abort' || (why === 'exit' && SIGNALLED.includes(exitCode) && (await isAborted(signal)))
  const ended = why === 'timeout' ? 'timeout' : stopped ? 'stopped' : null
  return { output: output.end(), exitCode, ended, leftovers: leftovers || (ended === null && (await left) === true) }
}

async function start(
  { program, args }: ShellLine,
  cwd: string,
  env: Record<string, string>,
  sandbox: CommandSandbox | null,
  shell: string,
): Promise<ChildProcess> {
  const spawned = (cover: readonly number[]) =>
    spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'ignore', ...(sandbox ? (['pipe', 'pipe'] as const) : []), ...cover],
      detached: true,
    })
  try {
    // The line closes what is open, where its shell knows numbers of two digits.
    return shell === 'bash' ? spawned([]) : await withCover(sandbox ? REPORT_FD + 1 : REPORT_FD - 1, spawned)
  } catch (error) {
    throw notStarted(error)
  }
}

function notStarted(error: unknown): ToolProblem {
  if (errorCode(error) === 'E2BIG') {
    return new ToolProblem(
      'This command is too long for the system. Write the text to a file with write_file and run that.',
      'command too long',
    )
  }
  const known = errorCode(error) === 'ENOENT' ? null : systemProblem(error, 'the shell')
  const reason = error instanceof Error ? error.message : String(error)
  return known ?? new ToolProblem(`The shell could not be started: ${reason}`, 'no shell')
}

/** Hands over the filter and hears whether anything was left. */
function reportOf(child: ChildProcess, filter: Buffer | null): Promise<boolean> {
  const [, , , input, report] = child.stdio
  if (input && 'end' in input) {
    // The sandbox may end before it has read it.
    input.on('error', () => undefined)
    input.end(filter ?? '')
  }
  return new Promise((resolve) => {
    let said = false
    report?.on('data', () => {
      said = true
    })
    report?.on('error', () => resolve(said))
    report?.once('close', () => resolve(said))
    if (!report) resolve(false)
  })
}

/** A command of a background run can be found as such, whatever becomes of the run. */
function runMarker(): Record<string, string> {
  const run = process.env[RUN_MARKER]
  return run === undefined ? {} : { [RUN_MARKER]: run }
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(notStarted(error)))
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
    if (signal.aborted) onAbort()
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

async function isAborted(signal: AbortSignal): Promise<boolean> {
  return (await firstOf(new Promise(() => undefined), signal, ABORT_FOLLOWS_MS)) === 'abort'
}

async function settled(work: Promise<void>, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}
