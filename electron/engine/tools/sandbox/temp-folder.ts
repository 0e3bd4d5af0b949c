import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, rmdir, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder that no command was given for so long is nobody's. */
const UNUSED_MS = 24 * 60 * 60_000
/** Deeper is nothing that mounts leave behind. */
const DEEPEST = 12

const USER = process.getuid?.() ?? 'user'
const OF_A_WORKSPACE = new RegExp(`^claw-${USER}-[0-9a-f]{12}$`)

let hasSwept = false

/**
 * A folder of ours in the machine's temp folder: that of a workspace is the temp folder of its commands, so that one can
 * leave something for the next; the one without a workspace is never seen by commands.
 */
export async function tempFolderOf(root?: string): Promise<string> {
  const name = root === undefined ? 'guard' : createHash('sha256').update(root).digest('hex').slice(0, 12)
  const folder = join(tmpdir(), `claw-${USER}-${name}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const there = await lstat(folder)
  if (!there.isDirectory() || there.uid !== process.getuid?.()) {
    throw new Error(`the temp folder ${folder} belongs to somebody else; remove it`)
  }
  // Its time says that somebody lives in it.
  const now = new Date()
  await utimes(folder, now, now)
  if (!hasSwept) {
    hasSwept = true
    // What stays behind is empty, and the next start looks again.
    sweepTempFolders(now.getTime()).catch(() => undefined)
  }
  return folder
}

/**
 * Removes the temp folders of workspaces in which nothing was left and nobody ran a command for a day. One with a file in it
 * stays: a command may want it again.
 */
export async function sweepTempFolders(now: number): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!OF_A_WORKSPACE.test(name)) continue
    const folder = join(tmpdir(), name)
    const { mtimeMs, uid } = await lstat(folder)
    if (uid !== process.getuid?.() || now - mtimeMs < UNUSED_MS) continue
    if (await holdsNothing(folder, DEEPEST)) await removeEmpty(folder)
  }
}

/** Whether there are only folders in it: what a sandbox mounts something on. A link is a thing that was left. */
async function holdsNothing(folder: string, levels: number): Promise<boolean> {
  if (levels === 0) return false
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (!entry.isDirectory() || !(await holdsNothing(join(folder, entry.name), levels - 1))) return false
  return true
}

/** Takes empty folders only: what came into one meanwhile stays, and so does all above it. */
async function removeEmpty(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await removeEmpty(join(folder, name))
  await rmdir(folder)
}
