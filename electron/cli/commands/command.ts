import type { ExitCode } from '#shared/exit-code.ts'
import type { FlagTable } from '../command-line/parse-flags.ts'
import type { Shell } from '../run/shell.ts'

/** One command of the terminal. `run` rejects with `UsageError` and `FailureError`; the entry tells them. */
export interface Command {
  /** Behind the name, such as `"<prompt>"`. */
  operands: string
  summary: string
  /** For its help: more than the summary, in whole lines. */
  details: readonly string[]
  flags: FlagTable
  run(args: readonly string[], shell: Shell): Promise<ExitCode>
}
