import { ExitCode } from '#shared/exit-code.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { sessionsFlags } from '../command-line/run-flags.ts'
import { createReporter } from '../run/reporter.ts'
import type { Shell } from '../run/shell.ts'
import { withEngine } from '../run/with-engine.ts'
import { tableLines } from '../terminal/table.ts'
import { ageWords, shortFolder } from '../terminal/words.ts'

export async function sessions(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(sessionsFlags, args)
  if (positionals.length > 0) throw new UsageError(`sessions takes no ${positionals[0]}.`)
  const { out, side } = shell.screen
  return withEngine(shell, {}, createReporter(shell.screen, false), async (engine) => {
    await engine.sessions.load()
    const list = engine.sessions.list()
    if (flags.json) {
      out.write(`${JSON.stringify(list)}\n`)
    } else if (list.length === 0) {
      side.write('There are no sessions yet. `claw agent "<prompt>"` makes one.\n')
    } else {
      const rows = list.map(({ sessionId, updatedAt, state, note, cwd, title }) => [
        sessionId,
        ageWords(Date.now() - updatedAt),
        note || state,
        shortFolder(cwd),
        title,
      ])
      out.write(`${tableLines(out, ['session', 'age', 'state', 'folder', 'title'], rows).join('\n')}\n`)
    }
    return ExitCode.completed
  })
}
