import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A group of the kernel (cgroups(7)) that holds one command to its limits. */
export interface CommandGroup {
  /** Files that take the number of a process. */
  files: string[]
  /** Every process of the command, also one that left its parent and cleared its environment. */
  processes(): Promise<number[]>
  remove(): Promise<void>
}

/** What one command may take of the machine. */
export interface CommandLimits {
  /** Processes and threads. */
  processes: number
  /** Bytes. */
  memory: number
}

/** Several times what a large build has; of the memory, the rest stays for the system and for us. */
export const COMMAND_LIMITS: CommandLimits = { processes: 4_096, memory: Math.floor(totalmem() * 0.8) }

/** A folder in which groups can be made, and the files of the limits that are to be had there. */
interface GroupFolder {
  folder: string
  limits: Readonly<Record<string, keyof CommandLimits>>
}

let places: Promise<GroupFolder[]> | undefined

/**
 * A new group, where the system lets us make one: root on most machines, others only in a part that was delegated to
 * them. null = there is none.
 */
export async function makeCommandGroup(limits: CommandLimits = COMMAND_LIMITS): Promise<CommandGroup | null> {
  places ??= findPlaces()
  const name = `claw-command-${process.pid}-${randomUUID().slice(0, 8)}`
  const made = await Promise.all((await places).map(async (parent) => await makeGroup(parent, name, limits)))
  const folders = made.filter((folder) => folder !== null)
  if (folders.length === 0) return null
  return {
    files: folders.map((folder) => join(folder, 'cgroup.procs')),
    processes: async () => {
      const lists = await Promise.all(
        // Gone: then nothing lives in it.
        folders.map(async (folder) => await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')),
      )
      return [...new Set(lists.flatMap((text) => text.split('\n')).map(Number))].filter((pid) => pid > 1)
    },
    remove: async () => {
      await Promise.all(folders.map(removeGroup))
    },
  }
}

async function makeGroup(
  { folder, limits: files }: GroupFolder,
  name: string,
  limits: CommandLimits,
): Promise<string | null> {
  const path = join(folder, name)
  try {
    await mkdir(path)
  } catch {
    // Not ours to make, or too many there.
    return null
  }
  const set = await Promise.all(
    Object.entries(files).map(([file, limit]) =>
      writeFile(join(path, file), String(limits[limit])).then(
        () => true,
        () => false,
      ),
    ),
  )
  if (set.includes(true)) return path
  await removeGroup(path)
  return null
}

/** The kernel takes a moment to let go of the last process. */
async function removeGroup(path: string): Promise<void> {
  for (let pause = 1; pause < 500; pause *= 2) {
    try {
      await rmdir(path)
      return
    } catch {
      // Something in it has not ended yet; a group that stays behind holds nothing.
      await delay(pause)
    }
  }
}

async function findPlaces(): Promise<GroupFolder[]> {
  if (process.platform !== 'linux') return []
  // A kernel without groups.
  const own = await readFile('/proc/self/cgroup', 'utf8').catch(() => '')
  const groups = own.split('\n').flatMap((line) => {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    return path === '' ? [] : [{ controllers: controllers.split(','), path }]
  })
  const found: GroupFolder[] = []
  for (const { controllers, path } of groups) {
    if (controllers.includes('pids')) {
      found.push({ folder: join('/sys/fs/cgroup/pids', path), limits: { 'pids.max': 'processes' } })
    }
    if (controllers.includes('memory')) {
      found.push({ folder: join('/sys/fs/cgroup/memory', path), limits: { 'memory.limit_in_bytes': 'memory' } })
    }
    // Beside our own group: one with processes of its own hands on no memory limit.
    if (controllers.includes('') && (await handsOn(join('/sys/fs/cgroup', path, '..')))) {
      found.push({
        folder: join('/sys/fs/cgroup', path, '..'),
        limits: { 'pids.max': 'processes', 'memory.max': 'memory' },
      })
    }
  }
  const usable = await Promise.all(
    found.map(async (parent) => {
      const name = `claw-probe-${process.pid}-${randomUUID().slice(0, 8)}`
      const probe = await makeGroup(parent, name, COMMAND_LIMITS)
      if (probe === null) return []
      await removeGroup(probe)
      return [parent]
    }),
  )
  return usable.flat()
}

async function handsOn(folder: string): Promise<boolean> {
  // Not ours to read: then nothing can be made there.
  const names = await readFile(join(folder, 'cgroup.subtree_control'), 'utf8').catch(() => '')
  return /\bpids\b/.test(names)
}
