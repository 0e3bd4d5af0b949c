import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, rmdir, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { errorCode } from '../../lib/storage-failure.ts'

/** Git takes a folder with this for its own common folder: the same as without the file. */
const ITSELF = '.\n'
const LOCK_MS = 5_000

export interface Hold {
  /** Git folders in which the file stands now. */
  held: string[]
  release(): Promise<void>
}

/**
 * A file `commondir` tells git where settings and hooks are; a command that makes one chooses what git runs. What is there
 * can be mounted read-only, and what is not there cannot, so an idle one stands there as long as commands run, of whatever
 * process of the app: a file that goes takes the mounts on it along. `leases` is a folder that commands do not reach.
 */
export async function holdCommondir(leases: string, folders: readonly string[]): Promise<Hold> {
  const name = `${process.pid}-${randomUUID()}`
  const held: string[] = []
  const release = async () => {
    for (const folder of held) await letGo(leaseFolder(leases, folder), name, folder)
  }
  try {
    for (const folder of folders) {
      const lease = leaseFolder(leases, folder)
      await mkdir(lease, { recursive: true, mode: 0o700 })
      const isHeld = await locked(lease, async () => {
        if (!(await makeIdle(folder))) return false
        await writeFile(join(lease, name), '', { flag: 'wx' })
        return true
      })
      if (isHeld) held.push(folder)
    }
  } catch (error) {
    await release()
    throw error
  }
  return { held, release }
}

async function letGo(lease: string, name: string, folder: string): Promise<void> {
  await locked(lease, async () => {
    await rm(join(lease, name), { force: true })
    if ((await others(lease)).length > 0) return
    // One that stays says the same as none.
    if (await hasIdleCommondir(folder)) await unlink(join(folder, 'commondir')).catch(() => undefined)
  })
}

function leaseFolder(leases: string, folder: string): string {
  return join(leases, createHash('sha256').update(folder).digest('hex').slice(0, 24))
}

/** Whether the file that stands there is ours. */
export async function hasIdleCommondir(folder: string): Promise<boolean> {
  return (await readFile(join(folder, 'commondir'), 'utf8').catch(() => null)) === ITSELF
}

/** Never half written: somebody's git may be reading it. false = we cannot write there, so that a command cannot either. */
async function makeIdle(folder: string): Promise<boolean> {
  const draft = join(folder, `commondir.${randomUUID()}`)
  try {
    await writeFile(draft, ITSELF, { flag: 'wx' })
    await link(draft, join(folder, 'commondir'))
    return true
  } catch (error) {
    const code = errorCode(error)
    if (code === 'EEXIST') return await hasIdleCommondir(folder)
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Those of processes that are gone do not count. */
async function others(lease: string): Promise<string[]> {
  return (await readdir(lease)).filter((name) => name !== 'lock' && isAlive(Number.parseInt(name, 10)))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

async function locked<T>(lease: string, work: () => Promise<T>): Promise<T> {
  const lock = join(lease, 'lock')
  const end = performance.now() + LOCK_MS
  while (!(await mkdir(lock).then(isMade, isTaken))) {
    // Its owner died in the moment in which it held it.
    if (performance.now() > end) await rmdir(lock).catch(() => undefined)
    await delay(5)
  }
  try {
    return await work()
  } finally {
    // Somebody else took it away as well.
    await rmdir(lock).catch(() => undefined)
  }
}

function isMade(): boolean {
  return true
}

function isTaken(error: unknown): boolean {
  if (errorCode(error) === 'EEXIST') return false
  throw error
}
