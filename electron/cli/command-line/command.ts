import type { ExitCode } from '#shared/session/exit-code.ts'
import type { Shell } from '../terminal/shell.ts'
import type { FlagTable } from './parse-flags.ts'

/** What a command is for, in the overview. */
export type CommandGroup = 'work' | 'look' | 'set up'

/** One command of the terminal. `run` rejects with `UsageError` and `FailureError`; the entry tells them. */
export interface Command {
  group: CommandGroup
  /** Behind the name, such as `"<prompt>"`. */
  operands: string
  /** The same in the overview, where they are long. */
  shortOperands?: string
  summary: string
  /** For its help: more than the summary, a paragraph each. */
  details: readonly string[]
  /** Its actions, each with what it does. */
  actions?: readonly (readonly [string, string])[]
  /** Command lines without the name of the program. */
  examples: readonly string[]
  flags: FlagTable
  run(args: readonly string[], shell: Shell): Promise<ExitCode>
}
