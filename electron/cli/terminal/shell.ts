import { join } from 'node:path'
import { isatty } from 'node:tty'
import { type Screen, streamOutput } from './output.ts'

/** The surroundings of a command. */
export interface Shell {
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  screen: Screen
  /** The built file of this program. */
  program: string
  /** The built file that a background run is started with. */
  workerProgram: string
  /** A person sits there: input and messages are a terminal. Where this is false, nothing ever waits for an answer. */
  interactive: boolean
}

/** `folder`: where the built program is. */
export function processShell(folder: string): Shell {
  const { env, stdout, stderr } = process
  return {
    env,
    cwd: process.cwd(),
    program: join(folder, 'claw.js'),
    workerProgram: join(folder, '../worker/worker.js'),
    screen: { out: streamOutput(stdout, env), side: streamOutput(stderr, env) },
    // `process.stdin` itself opens the stream, which most runs never need.
    interactive: isatty(0) && stderr.isTTY === true,
  }
}
