import { spawn } from 'node:child_process'
import { errorCode } from '../../lib/storage-failure.ts'
import { ToolProblem } from '../contract/tool-problem.ts'
import { systemCallFilter } from './system-calls.ts'

export interface SandboxProgram {
  /** The beginning of every command line. */
  words: readonly string[]
  /** What goes to the descriptor 3 of it; null = nothing. */
  filter: Buffer | null
}

/** How long a machine may take to start nothing in a sandbox. Milliseconds. */
const PROBE_MS = 5_000
const IS_ROOT = process.getuid?.() === 0

/** No devices, no network, no view of other processes, no way to type into our terminal. */
const BASE = [
  ...['--dev', '/dev', '--proc', '/proc'],
  // Root may write there whatever bubblewrap asks: a program named in `core_pattern` would run outside.
  ...(IS_ROOT ? ['--ro-bind', '/proc/sys', '/proc/sys'] : []),
  ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--new-session', '--die-with-parent'],
  // As root, without this, the read-only mounts could be mounted again. Files of others stay writable where allowed.
  ...(IS_ROOT ? ['--cap-drop', 'ALL', '--cap-add', 'CAP_DAC_OVERRIDE', '--cap-add', 'CAP_FOWNER'] : []),
]

let probed: Promise<SandboxProgram | null> | undefined

/** The sandbox of this machine, or null. Tried once, by running something in it. `ToolProblem`: it cannot be told now. */
export function sandboxProgram(): Promise<SandboxProgram | null> {
  probed ??= probe().catch((error: unknown) => {
    probed = undefined
    throw error
  })
  return probed
}

/** The arguments that every sandbox begins with. `writable` = the whole disk is the workspace. */
export function baseArguments(writable: boolean): string[] {
  return [...(writable ? ['--bind', '/', '/'] : ['--ro-bind', '/', '/']), ...BASE]
}

async function probe(): Promise<SandboxProgram | null> {
  if (process.platform !== 'linux') return null
  const filter = systemCallFilter()
  const filtered = { words: ['bwrap', '--seccomp', '3'], filter }
  if (filter && (await works(filtered))) return filtered
  const plain = { words: ['bwrap'], filter: null }
  return (await works(plain)) ? plain : null
}

/** Rejects with `ToolProblem` where it cannot be told: nothing may run without a sandbox because a machine was busy. */
async function works({ words, filter }: SandboxProgram): Promise<boolean> {
  const [command = '', ...rest] = [...words, ...baseArguments(false), 'true']
  return await new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'ignore', filter ? 'pipe' : 'ignore'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), PROBE_MS)
    child.once('error', (error) => {
      clearTimeout(timer)
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EACCES') resolve(false)
      else reject(new ToolProblem(`The sandbox could not be tried: ${error.message}. Try again.`, 'no sandbox yet'))
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      if (signal === null) resolve(code === 0)
      else reject(new ToolProblem('The sandbox did not answer in time. Try again.', 'no sandbox yet'))
    })
    // Where descriptors run out, a child has none of its pipes.
    const pipe = child.stdio?.[3]
    if (filter && pipe && 'end' in pipe) {
      // The sandbox may end before it has read it.
      pipe.on('error', () => undefined)
      pipe.end(filter)
    }
  })
}
