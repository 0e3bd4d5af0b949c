import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errorCode } from './storage-failure.ts'

/** A process that was started with `detached`, so that it leads a group of its own. */
export interface ProcessTree {
  pid: number
  /** `NAME=value` in the environment of that process only: finds children that left group and parent (Linux). */
  marker?: string
  /** A soft limit of message queues that only that process has set: also finds what cleared its environment (Linux). */
  limit?: number | null
  /** Where the system keeps the processes together by itself. */
  group?: { processes(): Promise<number[]> } | null
}

/** What a process that is gone left behind; its pid may be another's by now. */
interface Remains {
  pid: null
  marker: string
  limit?: null
  group?: null
}

interface EndOptions {
  /** How long processes may clean up after SIGTERM. */
  graceMs?: number
  /** The first process is only a wrapper that takes the others with it: it gets no SIGTERM. */
  spareRoot?: boolean
}

const GRACE_MS = 2_000
const KILL_MS = 5_000

/**
 * Ends a process, its group and whatever else descends from it: SIGTERM, then SIGKILL, then a look. Resolves with the
 * pids that are still there after all that: none, unless the system itself hangs on to them.
 */
export async function endProcessTree(tree: ProcessTree | Remains, options: EndOptions = {}): Promise<number[]> {
  const { graceMs = GRACE_MS, spareRoot = false } = options
  const survivors = await signalUntilGone(tree, 'SIGTERM', graceMs, spareRoot)
  return survivors.length === 0 ? [] : await signalUntilGone(tree, 'SIGKILL', KILL_MS, false)
}

/**
 * Whether a process that ended by itself left anything behind. Cheap, as it is asked after every command: it looks at
 * the group and, for what left it, at newer pids only; where pids began anew meanwhile, it may miss one.
 */
export async function leftProcesses(tree: ProcessTree): Promise<boolean> {
  const { pid, marker, limit, group } = tree
  if (group) return groupExists(pid) || (await group.processes()).length > 0 ? (await members(tree)).length > 0 : false
  // A group also lives on in a dead process that nobody collected yet.
  if (groupExists(pid)) return (await members(tree)).length > 0
  if (!marker || process.platform !== 'linux') return false
  const newer = (await readdir('/proc')).filter((name) => Number(name) > pid)
  return (await Promise.all(newer.map((name) => isMarked(Number(name), marker, limit)))).includes(true)
}

function groupExists(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** Each process gets the signal once, also one that was just being started. Resolves with those left in the end. */
async function signalUntilGone(
  tree: ProcessTree | Remains,
  signal: NodeJS.Signals,
  withinMs: number,
  spareRoot: boolean,
): Promise<number[]> {
  const told = new Set(spareRoot && tree.pid !== null ? [tree.pid] : [])
  const end = performance.now() + withinMs
  // No event tells of processes that are not our children: look, with growing pauses.
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    const pids = await members(tree)
    if (pids.length === 0 || performance.now() >= end) return pids
    for (const pid of pids) {
      if (!told.has(pid)) send(pid, signal)
      told.add(pid)
    }
    await delay(pause)
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // ESRCH: it ended between the look and the signal. EPERM: it became another user's, out of our reach.
  }
}

interface ProcessEntry {
  pid: number
  parent: number
  group: number
  session: number
}

async function members({ pid, marker, limit, group }: ProcessTree | Remains): Promise<number[]> {
  // 0 and 1 stand for the kernel and for everybody.
  if (pid !== null && pid <= 1) throw new RangeError(`${pid} leads no tree of ours`)
  const all = await processes()
  const found = new Set(
    all.filter((entry) => pid !== null && [entry.pid, entry.group, entry.session].includes(pid)).map(({ pid }) => pid),
  )
  const grouped = new Set(await group?.processes())
  for (const entry of all) if (grouped.has(entry.pid)) found.add(entry.pid)
  if (marker) {
    const marked = await Promise.all(all.map((entry) => isMarked(entry.pid, marker, limit)))
    for (const [index, entry] of all.entries()) if (marked[index]) found.add(entry.pid)
  }
  // Children of what was found, until nothing new turns up.
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const entry of all) if (found.has(entry.parent)) found.add(entry.pid)
  }
  found.delete(process.pid)
  return [...found]
}

/** By the environment, or by a limit, which outlives a cleared environment. */
async function isMarked(pid: number, marker: string, limit: number | null | undefined): Promise<boolean> {
  if (await carries(pid, marker)) return true
  if (limit === null || limit === undefined || process.platform !== 'linux') return false
  const [, soft] = /^Max msgqueue size\s+(\d+)/m.exec((await procText(pid, 'limits')) ?? '') ?? []
  return soft === String(limit)
}

async function carries(pid: number, marker: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const patience = performance.now() + EXEC_MS
  for (let bare = 0; bare < BARE_LOOKS && performance.now() < patience; ) {
    const environment = await procText(pid, 'environ')
    if (environment !== '') return environment?.split('\0').includes(marker) ?? false
    if (!(await hasMemory(pid))) return false
    // With arguments, it was either started without an environment or has just become another program.
    if ((await procText(pid, 'cmdline')) !== '') bare++
    await delay(1)
  }
  return false
}

/** How often a process that has arguments and no environment is looked at. */
const BARE_LOOKS = 20
/** In the moment in which a process becomes another program it has neither; a busy machine makes that moment long. */
const EXEC_MS = 2_000

/** null = another user's process, or gone. */
async function procText(pid: number, name: 'environ' | 'cmdline' | 'statm' | 'limits'): Promise<string | null> {
  try {
    return await readFile(`/proc/${pid}/${name}`, 'latin1')
  } catch {
    // It ended between two looks, or is not ours to read.
    return null
  }
}

/** Threads of the kernel and the dead have none (proc(5), statm). */
async function hasMemory(pid: number): Promise<boolean> {
  return !((await procText(pid, 'statm')) ?? '0').startsWith('0')
}

/** Every process that has not ended; a dead one that nobody collected yet is not listed. */
async function processes(): Promise<ProcessEntry[]> {
  if (process.platform !== 'linux') return await processesFromPs()
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const entries = await Promise.all(
    pids.map(async (pid) => {
      try {
        const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
        // proc(5): the command in parentheses may hold anything, so count from behind it.
        const [state, parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return state === 'Z' || state === 'X' ? [] : [entry(pid, parent, group, session)]
      } catch {
        // It ended between the two looks.
        return []
      }
    }),
  )
  return entries.flat()
}

const run = promisify(execFile)

async function processesFromPs(): Promise<ProcessEntry[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state='])
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/)
    return pid && !state?.startsWith('Z') ? [entry(pid, parent, group, '0')] : []
  })
}

function entry(pid = '0', parent = '0', group = '0', session = '0'): ProcessEntry {
  return { pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(session) }
}
