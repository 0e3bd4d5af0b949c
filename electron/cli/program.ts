import { ExitCode } from '#shared/exit-code.ts'
import { UsageError } from './command-line/flag.ts'
import { commandHelp, overview, usageLine } from './command-line/help.ts'
import { commands, findCommand } from './commands/commands.ts'
import { processShell, type Shell } from './run/shell.ts'
import { plainText } from './terminal/plain-text.ts'

/** The terminal program: finds the command, runs it, and gives the shell its exit code. */
async function main(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const [first = 'help', ...rest] = args
  const { out } = shell.screen
  if (first === '--version' || first === '-v') {
    out.write(`${await version()}\n`)
    return ExitCode.completed
  }
  if (first === 'help' || first === '--help' || first === '-h') {
    out.write(rest[0] ? commandHelp(rest[0], findCommand(rest[0])) : overview(commands))
    return ExitCode.completed
  }
  const command = findCommand(first)
  if (rest.includes('--help') || rest[0] === '-h') {
    out.write(commandHelp(first, command))
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
    side.write(`claw: ${plainText(error.message)}\nUsage: ${usageLine(args[0], commands[args[0] ?? ''])}\n`)
    return ExitCode.usage
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  side.write(`claw: this is a defect of claw, please report it.\n${plainText(text)}\n`)
  return ExitCode.failed
}

async function start(): Promise<void> {
  const shell = processShell(import.meta.dirname)
  // A reader that has seen enough, such as `head`, is no error; runs hear of it themselves (run/interrupts.ts).
  process.stdout.on('error', () => undefined)
  process.stderr.on('error', () => undefined)
  const args = process.argv.slice(2)
  const exitCode = await main(args, shell).catch((error: unknown) => explain(error, args, shell))
  // What was written leaves first, where the system has not taken it at once.
  if (process.stdout.writableLength > 0) await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  // An idle connection or an input that somebody holds open must not keep a finished program.
  process.exit(exitCode)
}

void start()
