import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RunAddress } from './run-address.ts'

/** The longest path of a socket that every system takes (macOS: 104 bytes with the end). */
const PATH_LIMIT = 100

/** The socket on which a worker listens; `remove` takes it away with what was made for it. */
export interface WorkerSocket {
  path: string
  remove(): Promise<void>
}

/** A socket in a folder that only this user can enter: that of the registry, or a short one where its path is too long. */
export async function workerSocket(folder: string, name: string, platform: string): Promise<WorkerSocket> {
  if (platform === 'win32') return { path: `\\\\.\\pipe\\claw-${name}`, remove: async () => undefined }
  const path = join(folder, `${name}.sock`)
  if (Buffer.byteLength(path) <= PATH_LIMIT) return { path, remove: () => rm(path, { force: true }) }
  // mkdtemp makes it 0700.
  const short = await mkdtemp(join(tmpdir(), 'claw-'))
  return { path: join(short, 's'), remove: () => rm(short, { recursive: true, force: true }) }
}

/** Removes the socket of a worker of this machine that was killed and could not do it itself. */
export async function removeSocket({ host, path }: RunAddress, folder: string): Promise<void> {
  if (host !== null) return
  if (dirname(path) === folder) await rm(path, { force: true })
  else if (/^claw-[A-Za-z0-9]{6}$/.test(dirname(path).slice(tmpdir().length + 1)))
    await rm(dirname(path), { recursive: true, force: true })
}

/** The folder keeps others out; this keeps them out where a system ignores the folder. */
export async function closeToOthers(path: string, platform: string): Promise<void> {
  if (platform !== 'win32') await chmod(path, 0o600)
}
