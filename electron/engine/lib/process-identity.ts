import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A pid alone is reused by the system; with the start time it names one process for good. */
export interface ProcessIdentity {
  pid: number
  /** Opaque text that stays the same for the life of the process; empty where the system does not tell. */
  startedAt: string
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, startedAt: await startOf(process.pid) }
}

/** Whether exactly that process is still there. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return (await startOf(identity.pid)) === identity.startedAt
}

const run = promisify(execFile)

async function startOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
      // The command in parentheses may hold blanks: count from behind it. Field 22 is the start time (proc(5)).
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
    }
    if (process.platform === 'darwin') return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim()
    return ''
  } catch {
    // Gone between two looks, or a system that does not tell: the pid has to do.
    return ''
  }
}
