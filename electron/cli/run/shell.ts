import { isatty } from 'node:tty'
import { type Screen, streamOutput } from '../terminal/output.ts'

/** The surroundings of a command. */
export interface Shell {
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  screen: Screen
  /** A person sits there: input and messages are a terminal. Where this is false, nothing ever waits for an answer. */
  interactive: boolean
}

export function processShell(): Shell {
  const { env, stdout, stderr } = process
  return {
    env,
    cwd: process.cwd(),
    screen: { out: streamOutput(stdout, env), side: streamOutput(stderr, env) },
    // `process.stdin` itself opens the stream, which most runs never need.
    interactive: isatty(0) && stderr.isTTY === true,
  }
}
