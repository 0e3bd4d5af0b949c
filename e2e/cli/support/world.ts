import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFailed, onTestFinished } from 'vitest'
import { type ScriptedBackend, type ScriptStep, startScriptedBackend } from '../../../test-support/scripted-backend.ts'
import { Transcript } from './transcript.ts'

export const program = join(import.meta.dirname, '../../../out/cli/claw.js')

export interface RunOptions {
  /** `ignore` = nothing to read; `open` = a pipe that nobody writes to; a text = that, and then its end. */
  input?: 'ignore' | 'open' | { text: string }
  env?: Record<string, string | undefined>
  cwd?: string
  /** Another copy of the built file. */
  program?: string
}

/** A started `claw` in its own process. */
export interface StartedClaw {
  child: ChildProcess
  out: Transcript
  side: Transcript
  /** The exit code; -1 for a signal. */
  exit: Promise<number>
}

export interface FinishedClaw {
  code: number
  out: string
  side: string
}

/** A folder to work in, a data folder of its own, and a scripted backend that the environment names. */
export interface World {
  backend: ScriptedBackend
  work: string
  home: string
  env: Record<string, string | undefined>
  start(args: readonly string[], options?: RunOptions): StartedClaw
  run(args: readonly string[], options?: RunOptions): Promise<FinishedClaw>
}

/** Gone when the test is over. */
export async function createWorld(...script: ScriptStep[]): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'claw-cli-'))
  const backend = await startScriptedBackend({ script })
  const children: ChildProcess[] = []
  onTestFinished(async () => {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
    await backend.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  const [work, home] = [join(folder, 'work'), join(folder, 'home')]
  await mkdir(work)
  // As after `npm link`: sentences then say `claw`.
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await symlink(program, join(bin, 'claw'))
  // What commands leave in their temp folder goes with the world.
  const temporary = join(folder, 'tmp')
  await mkdir(temporary)
  const env = {
    PATH: `${process.env.PATH}${delimiter}${bin}`,
    HOME: folder,
    CLAW_HOME: home,
    TMPDIR: temporary,
    CLAW_LOCAL_PORTS: 'none',
    OPENAI_BASE_URL: backend.baseUrl,
    OPENAI_MODEL: 'scripted',
  }
  const start = (args: readonly string[], options: RunOptions = {}): StartedClaw => {
    const input = options.input ?? 'ignore'
    const child = spawn(process.execPath, [options.program ?? program, ...args], {
      cwd: options.cwd ?? work,
      env: { ...env, ...options.env },
      stdio: [input === 'ignore' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    children.push(child)
    if (typeof input === 'object') child.stdin?.end(input.text)
    const [out, side] = [new Transcript(child.stdout), new Transcript(child.stderr)]
    onTestFailed(() => console.error(`claw ${args.join(' ')} said:\n${out.text}\nand beside it:\n${side.text}`))
    return {
      child,
      out,
      side,
      exit: new Promise((resolve) => child.once('close', (code) => resolve(code ?? -1))),
    }
  }
  return {
    backend,
    work,
    home,
    env,
    start,
    async run(args, options) {
      const { out, side, exit } = start(args, options)
      const code = await exit
      return { code, out: out.text, side: side.text }
    },
  }
}

/** The lines of `--json`; throws where one is none. */
export function jsonLines(text: string): Record<string, unknown>[] {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw new Error('The output does not end with a whole line.')
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}
