import { clawCommand } from '#shared/lib/claw-command.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import type { Engine } from '../../engine/engine.ts'
import { psFlags } from '../command-line/background-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { withInterrupts } from '../keyboard/interrupts.ts'
import { createReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import { type Output, paint } from '../terminal/output.ts'
import { jsonRow } from '../terminal/run-json.ts'
import { runTable } from '../terminal/run-rows.ts'
import type { Shell } from '../terminal/shell.ts'
import { writeSentence } from '../terminal/write-sentence.ts'

/** Lists background runs, newest first. */
export async function agentPs(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(psFlags, args)
  if (positionals.length > 0) throw new UsageError(`agent-ps takes no ${positionals[0]}.`)
  if (flags.pause && flags['go-on']) throw new UsageError('Choose --pause or --go-on, not both.')
  const { out, side } = shell.screen
  const reporter = createReporter(shell.screen, false)
  return withEngine(shell, {}, reporter, async ({ runs, pause }) => {
    if (flags.pause || flags['go-on']) await pause.set(flags.pause === true)
    if (await pause.refresh()) reporter.note(pausedWords())
    if (flags.watch) return watchRuns(runs, () => showAnew(out, runs.list(), flags.json === true))
    await runs.load()
    const list = runs.list()
    if (flags.json) showJson(out, list)
    else if (list.length === 0) writeSentence(side, noRunsWords())
    else out.write(`${runTable(out, list, Date.now()).join('\n')}\n`)
    return ExitCode.completed
  })
}

/** The list as it is now; in a terminal in place of the one before, as much of it as there is room for. */
function showAnew(out: Output, runs: readonly BackgroundRun[], json: boolean): void {
  if (json) {
    showJson(out, runs)
    return
  }
  const lines = runs.length === 0 ? [noRunsWords()] : runTable(out, runs, Date.now())
  if (!out.redraws) {
    out.write(`${lines.join('\n')}\n`)
    return
  }
  const room = Math.max(2, out.height() - 3)
  const left = lines.length - room
  const shown = left > 0 ? [...lines.slice(0, room - 1), `… ${left + 1} more`] : lines
  out.write(`${HOME_AND_CLEAR}${[...shown, '', paint(out, 'dim', 'Ctrl-C leaves; the runs go on.')].join('\n')}\n`)
}

async function watchRuns(runs: Engine['runs'], show: () => void): Promise<ExitCode> {
  await runs.watch()
  show()
  let stop = () => {}
  const stopped = new Promise<void>((resolve) => {
    stop = resolve
  })
  let waiting: NodeJS.Timeout | undefined
  // What changes together is shown together.
  const showSoon = () => {
    waiting ??= setTimeout(() => {
      waiting = undefined
      show()
    }, REDRAW_MS)
  }
  runs.onChange(showSoon)
  process.stdout.on('resize', showSoon)
  await withInterrupts(stop, () => stopped)
  process.stdout.off('resize', showSoon)
  clearTimeout(waiting)
  return ExitCode.completed
}

function noRunsWords(): string {
  return `There are no background runs. \`${clawCommand('agent-bg "<prompt>"')}\` starts one.`
}

function pausedWords(): string {
  return `Background runs are paused: they hold before their next model call. ${clawCommand('agent-ps --go-on')} lets them go on.`
}

const REDRAW_MS = 200

function showJson(out: Output, runs: readonly BackgroundRun[]): void {
  out.write(`${JSON.stringify(runs.map(jsonRow))}\n`)
}

const HOME_AND_CLEAR = '\x1b[H\x1b[J'
