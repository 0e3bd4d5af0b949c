import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Machine } from './app.ts'

const program = join(import.meta.dirname, '../../out/cli/claw.js')

/** What a person does in a terminal on the same machine: the built `claw`, to its end. Its standard output. */
export async function claw(
  machine: Machine,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: machine.project,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: machine.home,
      CLAW_HOME: machine.home,
      CLAW_LOCAL_PORTS: 'none',
      ...env,
    },
  })
  return stdout
}

/** The runs of the machine as `claw agent-ps --json` prints them. */
export async function runsOf(machine: Machine): Promise<Record<string, unknown>[]> {
  return JSON.parse(await claw(machine, ['agent-ps', '--json'])) as Record<string, unknown>[]
}
