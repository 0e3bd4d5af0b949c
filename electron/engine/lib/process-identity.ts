import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { BOOT_ID, startInStat } from './proc-stat.ts'

/** A pid alone is reused by the system; with the start time it names one process for good. */
export interface ProcessIdentity {
  pid: number
  /** Opaque text that stays the same for the life of the process; empty where the system does not tell. */
  startedAt: string
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return await identityOf(process.pid)
}

/** Whether exactly that process is still there. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const startedAt = await startOf(identity.pid)
  return startedAt !== ENDED && startedAt === identity.startedAt
}

/** Names the time since the machine was last started; start times of processes count from there. Empty = it does not tell. */
export async function bootIdentity(): Promise<string> {
  if (process.platform !== 'linux') return ''
  // A container may hide it.
  return (await readFile(BOOT_ID, 'utf8').catch(() => '')).trim()
}

/** The identity of a process that was just started; its start time is empty if it is gone already. */
export async function identityOf(pid: number): Promise<ProcessIdentity> {
  const startedAt = await startOf(pid)
  return { pid, startedAt: startedAt === ENDED ? '' : startedAt }
}

const run = promisify(execFile)
const ENDED = 'ended'

async function startOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') {
      return startInStat(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? ENDED
    }
    if (process.platform === 'darwin') return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim()
    return ''
  } catch {
    // Gone between two looks, or a system that does not tell: the pid has to do.
    return ''
  }
}
