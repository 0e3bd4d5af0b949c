import { join } from 'node:path'
import { speakOfClawAs } from '#shared/lib/claw-command.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import { findClawCommand } from '../engine/claw-command.ts'
import { UsageError } from './command-line/flag.ts'
import { commandHelp, overview, usageLine } from './command-line/help.ts'
import { commands, findCommand } from './commands/commands.ts'
import { lostOutputWords } from './terminal/lost-output.ts'
import { plainText } from './terminal/plain-text.ts'
import { processShell, type Shell } from './terminal/shell.ts'
import { wrapRows } from './terminal/wrap.ts'

/** The terminal program: finds the command, runs it, and gives the shell its exit code. */
async function main(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const [first = 'help', ...rest] = args
  const { out } = shell.screen
  if (first === '--version' || first === '-v') {
    out.write(`${await version()}\n`)
    return ExitCode.completed
  }
  if (first === 'help' || first === '--help' || first === '-h') {
    out.write(rest[0] ? commandHelp(rest[0], findCommand(rest[0]), out) : overview(commands, out))
    return ExitCode.completed
  }
  const command = findCommand(first)
  if (rest.includes('--help') || rest[0] === '-h') {
    out.write(commandHelp(first, command, out))
    return ExitCode.completed
  }
  return command.run(rest, shell)
}

/** The package stands two folders above the built file. */
async function version(): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function explain(error: unknown, args: readonly string[], { screen: { side } }: Shell): ExitCode {
  if (error instanceof UsageError) {
    const name = args[0] === 'help' ? undefined : args[0]
    const usage = `Usage: ${usageLine(name, Object.hasOwn(commands, name ?? '') ? commands[name ?? ''] : undefined)}`
    const lines = [`claw: ${plainText(error.message)}`, usage]
    const columns = side.terminal ? side.width() - 1 : Number.POSITIVE_INFINITY
    side.write(`${lines.flatMap((line) => wrapRows(line, columns)).join('\n')}\n`)
    return ExitCode.usage
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  side.write(`claw: this is a defect of claw, please report it.\n${plainText(text)}\n`)
  return ExitCode.failed
}

async function start(): Promise<void> {
  const shell = processShell(import.meta.dirname)
  // A reader that has seen enough, such as `head`, is no error; runs hear of it themselves (run/interrupts.ts).
  let lostOutput: string | null = null
  process.stdout.on('error', (error) => {
    lostOutput ??= lostOutputWords(error)
  })
  process.stderr.on('error', () => undefined)
  speakOfClawAs(findClawCommand({ env: shell.env, program: join(import.meta.dirname, 'claw.js'), cwd: shell.cwd }))
  const args = process.argv.slice(2)
  const exitCode = await main(args, shell).catch((error: unknown) => explain(error, args, shell))
  // What was written leaves first, where the system has not taken it at once.
  if (process.stdout.writableLength > 0) await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  // What the system did not take is told a moment later.
  await new Promise((resolve) => setImmediate(resolve))
  if (lostOutput !== null) {
    shell.screen.side.write(`${lostOutput}\n`)
    process.exit(ExitCode.failed)
  }
  // An idle connection or an input that somebody holds open must not keep a finished program.
  process.exit(exitCode)
}

void start()
