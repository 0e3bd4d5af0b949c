import { ExitCode } from '#shared/session/exit-code.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `gone`: whoever read our output. */
export type Interruption = (typeof SIGNALS)[number] | 'gone'

interface Interruptible {
  stop(why: Interruption): void
  asked: boolean
}

/** The innermost one is what an interrupt is for. */
const running: Interruptible[] = []

/** Ctrl-C, wherever it comes from: while a question has the keyboard, the terminal sends a key and no signal. */
export function interrupt(why: Interruption = 'SIGINT'): void {
  const current = running.at(-1)
  if (!current || current.asked) process.exit(ExitCode.interrupted)
  current.asked = true
  current.stop(why)
}

function signalled(signal: NodeJS.Signals): void {
  interrupt(SIGNALS.find((name) => name === signal))
}

/** Whoever read our output went away, or it cannot be written: there is nobody to go on for, and nobody to hurry. */
function readerGone(): void {
  const current = running.at(-1)
  if (current && !current.asked) interrupt('gone')
}

/**
 * While `action` runs, the first Ctrl-C (or a reader of the output that went away) calls `stop`, which lets it come to
 * an orderly end; the second ends the process at once.
 */
export async function withInterrupts<Result>(
  stop: (why: Interruption) => void,
  action: () => Promise<Result>,
): Promise<Result> {
  const entry = { stop, asked: false }
  if (running.length === 0) {
    for (const signal of SIGNALS) process.on(signal, signalled)
    process.stdout.on('error', readerGone)
  }
  running.push(entry)
  try {
    return await action()
  } finally {
    running.splice(running.indexOf(entry), 1)
    if (running.length === 0) {
      for (const signal of SIGNALS) process.off(signal, signalled)
      process.stdout.off('error', readerGone)
    }
  }
}
