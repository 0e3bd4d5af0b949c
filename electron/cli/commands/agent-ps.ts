import type { BackgroundRun } from '#shared/background.ts'
import { ExitCode } from '#shared/exit-code.ts'
import type { Engine } from '../../engine/engine.ts'
import { psFlags } from '../command-line/background-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { withInterrupts } from '../run/interrupts.ts'
import { createReporter } from '../run/reporter.ts'
import type { Shell } from '../run/shell.ts'
import { withEngine } from '../run/with-engine.ts'
import { jsonRow } from '../terminal/run-json.ts'
import { runHeadings, runRows } from '../terminal/run-rows.ts'
import { tableLines } from '../terminal/table.ts'

/** Lists background runs, newest first. */
export async function agentPs(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(psFlags, args)
  if (positionals.length > 0) throw new UsageError(`agent-ps takes no ${positionals[0]}.`)
  const { out } = shell.screen
  const show = (runs: readonly BackgroundRun[]) => {
    if (flags.watch && out.terminal && !flags.json) out.write(HOME_AND_CLEAR)
    if (flags.json) showJson(runs, shell)
    else showTable(runs, shell)
  }
  if (flags.pause && flags['go-on']) throw new UsageError('Choose --pause or --go-on, not both.')
  const reporter = createReporter(shell.screen, false)
  return withEngine(shell, {}, reporter, async ({ runs, pause }) => {
    if (flags.pause || flags['go-on']) await pause.set(flags.pause === true)
    if (await pause.look()) reporter.note(PAUSED)
    if (flags.watch) return watchRuns(runs, () => show(runs.list()))
    await runs.load()
    show(runs.list())
    return ExitCode.completed
  })
}

async function watchRuns(runs: Engine['runs'], show: () => void): Promise<ExitCode> {
  await runs.watch()
  show()
  let stop = () => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  let waiting: NodeJS.Timeout | undefined
  runs.onChange(() => {
    // What changes together is shown together.
    waiting ??= setTimeout(() => {
      waiting = undefined
      show()
    }, REDRAW_MS)
  })
  await withInterrupts(stop, () => stopped)
  clearTimeout(waiting)
  return ExitCode.completed
}

const PAUSED =
  'Background runs are paused: they hold before their next model call. claw agent-ps --go-on lets them go on.'

const REDRAW_MS = 200

function showJson(runs: readonly BackgroundRun[], { screen: { out } }: Shell): void {
  out.write(`${JSON.stringify(runs.map(jsonRow))}\n`)
}

const HOME_AND_CLEAR = '\x1b[H\x1b[J'

function showTable(runs: readonly BackgroundRun[], { screen: { out, side } }: Shell): void {
  if (runs.length === 0) {
    side.write('There are no background runs. `claw agent-bg "<prompt>"` starts one.\n')
    return
  }
  const lines = tableLines(out, runHeadings, runRows(runs, Date.now()))
  out.write(`${lines.join('\n')}\n`)
}
