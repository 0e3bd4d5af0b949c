import { ExitCode } from '#shared/session/exit-code.ts'
import type { Command } from '../command-line/command.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { completionFlags } from '../command-line/set-up-flags.ts'
import type { Shell } from '../terminal/shell.ts'
import { bashCompletion, type CompletedCommand, fishCompletion, zshCompletion } from './completion-scripts.ts'

const scripts: Readonly<Record<string, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** `claw completion <shell>`: prints a script, made from the same tables that the command line is read with. */
export async function completion(
  args: readonly string[],
  { screen }: Shell,
  commands: Readonly<Record<string, Command>>,
): Promise<ExitCode> {
  const { positionals } = parseFlags(completionFlags, args)
  const [name = '', ...others] = positionals
  const script = Object.hasOwn(scripts, name) ? scripts[name] : undefined
  if (!script || others.length > 0) throw new UsageError(`completion needs one of ${Object.keys(scripts).join(', ')}.`)
  screen.out.write(script(Object.entries(commands).map(completed)))
  return ExitCode.completed
}

function completed([name, { summary, operands, actions, flags }]: [string, Command]): CompletedCommand {
  const words = (actions ?? []).flatMap(([action, help]) => {
    const [word = ''] = action.split(' ')
    return operands.split(/[|\s[\]]/).includes(word) ? [{ word, help }] : []
  })
  return {
    name,
    summary,
    words,
    flags: Object.entries(flags).map(([flag, { placeholder, help }]) => ({ flag: `--${flag}`, placeholder, help })),
  }
}
