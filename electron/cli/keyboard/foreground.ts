import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Whether the terminal is ours to read: a job that a shell has put in the background is stopped if it tries. */
export async function isForeground(): Promise<boolean> {
  try {
    const [group, foreground] = process.platform === 'linux' ? await fromProc() : await fromPs()
    return group !== undefined && group === foreground
  } catch {
    // Nothing is known: then nothing is taken.
    return false
  }
}

async function fromProc(): Promise<(string | undefined)[]> {
  const stat = await readFile('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [fields[2], fields[5]]
}

async function fromPs(): Promise<(string | undefined)[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)])
  return stdout.trim().split(/\s+/)
}
