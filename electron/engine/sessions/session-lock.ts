import { constants } from 'node:fs'
import { copyFile, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { FailureError, failure } from '#shared/failure.ts'
import { isAlive, ownIdentity } from '../lib/process-identity.ts'
import { errorCode, storageFailure } from '../lib/storage-failure.ts'

/** Who has a session open. */
const LockHolder = z.object({ pid: z.number().int().positive(), startedAt: z.string(), holder: z.string() })

/**
 * Makes this process the only one that writes a session. A lock whose process is gone is taken over.
 * `FailureError` `busy` names who has it (`holder`: "the window", "a terminal"); `storage` if the folder refuses.
 */
export async function lockSession(
  path: string,
  holder: string,
  makeLink: typeof link = link,
): Promise<{ release(): Promise<void> }> {
  const mine = `${path}.${process.pid}`
  try {
    await writeFile(mine, JSON.stringify({ ...(await ownIdentity()), holder }), { mode: 0o600 })
    // A link is made whole or not at all, and only if the name is free: nobody ever reads half a lock.
    while (!(await isTaken(mine, path, makeLink))) await clearStale(path)
  } catch (error) {
    if (error instanceof FailureError) throw error
    throw new FailureError(storageFailure('open the session', error), { cause: error })
  } finally {
    await removeQuietly(mine)
  }
  return { release: () => removeQuietly(path) }
}

/** What cannot be removed is left behind: a lock whose process is gone binds nobody. */
async function removeQuietly(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined)
}

/** `left`: who had the session open died without closing it. */
export async function sessionLockState(path: string): Promise<'free' | 'held' | 'left'> {
  const current = await readHolder(path)
  if (current === 'gone') return 'free'
  return current !== 'unreadable' && (await isAlive(current)) ? 'held' : 'left'
}

/** Who has the session open now: "the window", "a terminal"; null = nobody. */
export async function sessionHolder(path: string): Promise<string | null> {
  const current = await readHolder(path)
  return current !== 'gone' && current !== 'unreadable' && (await isAlive(current)) ? current.holder : null
}

/** Some file systems know no links (those of memory sticks, some that are mounted from elsewhere). */
const noLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL'])

async function isTaken(from: string, to: string, makeLink: typeof link): Promise<boolean> {
  try {
    await makeLink(from, to)
    return true
  } catch (error) {
    const code = errorCode(error) ?? ''
    if (code === 'EEXIST') return false
    if (!noLinks.has(code)) throw error
  }
  try {
    // Made before it is filled: a lock that is empty and new is somebody's who is about to fill it.
    await copyFile(from, to, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Removes a lock whose process is gone; throws `busy` if it is there. */
async function clearStale(path: string): Promise<void> {
  const current = await readHolder(path)
  if (current === 'gone') return
  if (current !== 'unreadable' && (await isAlive(current))) {
    throw new FailureError(
      failure(
        'busy',
        `This session is open in ${current.holder} (process ${current.pid}). Go on with it there, or open another one there first.`,
      ),
    )
  }
  if (current === 'unreadable' && (await isNew(path))) return
  // Renamed before it is removed: of two that find it stale one gets it, the other looks again.
  const aside = `${path}.stale.${process.pid}`
  try {
    await rename(path, aside)
    await rm(aside, { force: true })
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}

/** How long a lock may take to be filled. Milliseconds. */
const FILLED_MS = 2000

/** Waits a moment where it is: whoever asked looks again. */
async function isNew(path: string): Promise<boolean> {
  // It was let go in this very moment.
  const made = await stat(path).catch(() => null)
  const age = made === null ? FILLED_MS : Date.now() - made.mtimeMs
  if (age < 0 || age >= FILLED_MS) return false
  await sleep(20)
  return true
}

async function readHolder(path: string): Promise<z.infer<typeof LockHolder> | 'gone' | 'unreadable'> {
  try {
    return LockHolder.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'gone' : 'unreadable'
  }
}
