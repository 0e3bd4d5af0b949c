import { execFile, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFailed, onTestFinished } from 'vitest'
import { Transcript } from './transcript.ts'
import { program, type World } from './world.ts'

/** `claw` in a terminal of its own, made by script(1), which every Unix has. */
export interface TerminalClaw {
  screen: Transcript
  /** Types; `\r` is the Enter key, `\x03` Ctrl-C, `\x04` Ctrl-D. */
  type(keys: string): void
  exit: Promise<number>
  /** The terminal is gone from one moment to the next. */
  breakOff(): void
  /** Resolves when a question with these words is on the screen and takes an answer. */
  asked(words: string): Promise<void>
  /** Gives the terminal another width, as a person who drags its window. */
  resize(columns: number): Promise<void>
}

/** What readline writes where it begins to take a line. */
const ANSWER_PROMPT = '\x1b[1G\x1b[0J? \x1b[3G'

interface TerminalOptions {
  /** Wide, so that sentences can be found whole. */
  columns?: number
  rows?: number
  /** Of a shell that knows jobs: where it is suspended, Enter brings it back. */
  job?: boolean
  /** It reads and writes the terminal, but is not told by a signal when that goes; how it ends is in `exitFile`. */
  detached?: { exitFile: string }
}

let count = 0

export function startInTerminal(
  world: World,
  args: readonly string[],
  env: Record<string, string> = {},
  { columns = 200, rows = 40, job = false, detached }: TerminalOptions = {},
): TerminalClaw {
  const device = join(world.work, '..', `terminal-${++count}`)
  const command = [process.execPath, program, ...args]
  // `exec`, or the shell in between would die of the Ctrl-C that the program survives.
  const line = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const alone = detached && `exec setsid -w sh -c '"$@"; echo $? > "$0"' '${detached.exitFile}' ${line}`
  const inShell = job ? `set -m; ${line}; echo the shell has it; read enter; fg; exit $?` : `exec ${line}`
  const started = alone ?? inShell
  const quoted = `tty > '${device}'; stty cols ${columns} rows ${rows}; ${started}`
  const script =
    process.platform === 'darwin' ? ['-q', '/dev/null', ...command] : ['-q', '-e', '-f', '-c', quoted, '/dev/null']
  const child = spawn('script', script, {
    cwd: world.work,
    env: { ...world.env, TERM: 'xterm', NO_COLOR: '1', SHELL: job ? '/bin/bash' : '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    if (child.exitCode === null) child.kill('SIGKILL')
  })
  const screen = new Transcript(child.stdout)
  onTestFailed(() => console.error(`The screen was:\n${JSON.stringify(screen.text)}`))
  return {
    screen,
    async asked(words) {
      await screen.seen(words)
      await screen.seen(ANSWER_PROMPT)
    },
    async resize(width) {
      const path = (await readFile(device, 'utf8')).trim()
      await promisify(execFile)('stty', ['-F', path, 'cols', String(width)])
    },
    type: (keys) => child.stdin.write(keys),
    breakOff: () => child.kill('SIGKILL'),
    exit: new Promise((resolve) => child.once('close', (code) => resolve(code ?? -1))),
  }
}
