import { writeSync } from 'node:fs'
import { isRowHeld, writeAbove } from './held-row.ts'

/** One way out: stdout or stderr, or a memory in tests. */
export interface Output {
  write(text: string): void
  /** A person sees it right away. */
  terminal: boolean
  /** A row can be written over: a terminal that knows how to move its cursor. */
  redraws: boolean
  colour: boolean
  /** Columns; asked each time, because windows are resized. */
  width(): number
  /** Rows. */
  height(): number
  /** Resolves when there is room for more, or nobody reads any more; without it, there always is. */
  ready?(): Promise<void>
}

/** Where a command speaks: its result on `out`, everything that goes with it on `side`. */
export interface Screen {
  out: Output
  side: Output
}

type Environment = Readonly<Record<string, string | undefined>>

export function streamOutput(stream: NodeJS.WriteStream, env: Environment): Output {
  const terminal = stream.isTTY === true
  return {
    write: (text) => {
      if (terminal && isRowHeld()) writeAbove(() => stream.write(text))
      else stream.write(text)
    },
    terminal,
    redraws: terminal && env.TERM !== 'dumb',
    colour: hasColour(terminal, env),
    width: () => stream.columns || USUAL_WIDTH,
    height: () => stream.rows || USUAL_HEIGHT,
    ready: async () => {
      if (stream.writableNeedDrain && !stream.destroyed)
        await new Promise<void>((resolve) => {
          const done = () => {
            stream.off('drain', done)
            stream.off('close', done)
            resolve()
          }
          stream.on('drain', done)
          stream.on('close', done)
        })
    },
  }
}

/**
 * stdout where it is a pipe or a file, without `process.stdout`: Node loads its sockets for that, which takes as long as all
 * the rest of a short list.
 */
export function pipeOutput(env: Environment, onError: (error: unknown) => void): Output {
  return {
    write: (text) => writeToPipe(text, onError),
    terminal: false,
    redraws: false,
    colour: hasColour(false, env),
    width: () => USUAL_WIDTH,
    height: () => USUAL_HEIGHT,
  }
}

function writeToPipe(text: string, onError: (error: unknown) => void): void {
  let rest = Buffer.from(text)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(1, rest))
  } catch (error) {
    // Full, and not one that lets us wait: Node's stream does.
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN')
      process.stdout.on('error', onError).write(rest)
    else onError(error)
  }
}

const USUAL_WIDTH = 80
const USUAL_HEIGHT = 24

/** https://no-color.org: any value but an empty one. */
function hasColour(terminal: boolean, env: Environment): boolean {
  return !env.NO_COLOR && (terminal ? env.TERM !== 'dumb' : Boolean(env.FORCE_COLOR && env.FORCE_COLOR !== '0'))
}

/** For people who look; 1 = bold and so on are the codes of ECMA-48. */
const styles = {
  bold: [1, 22],
  dim: [2, 22],
  italic: [3, 23],
  underline: [4, 24],
  strike: [9, 29],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const
export type Style = keyof typeof styles

export function paint(output: Output, style: Style, text: string): string {
  if (!output.colour || text === '') return text
  const [on, off] = styles[style]
  return `\x1b[${on}m${text}\x1b[${off}m`
}
