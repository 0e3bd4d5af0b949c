import { FailureError } from '#shared/failure.ts'
import type { RunId } from '#shared/ids.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import { isOver } from '#shared/run/run-words.ts'
import { ExitCode, exitCodeOfFailure } from '#shared/session/exit-code.ts'
import type { Engine } from '../../engine/engine.ts'
import { killFlags } from '../command-line/background-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { createReporter, type Reporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import type { Shell } from '../terminal/shell.ts'

/** How many runs are ended at once. */
const AT_ONCE = 8

/** Ends background runs, and says so when nothing of them is left. */
export async function agentKill(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(killFlags, args)
  if (flags.all ? positionals.length > 0 : positionals.length === 0) {
    throw new UsageError(`agent-kill needs the id of a run, or --all; \`${clawCommand('agent-ps')}\` lists them.`)
  }
  const reporter = createReporter(shell.screen, false)
  return withEngine(shell, {}, reporter, async (engine) => {
    const ids = flags.all ? await running(engine) : await named(engine, positionals, reporter)
    if (flags.all && ids.length === 0) reporter.note('No run goes on.')
    const left = [...ids]
    let exitCode: ExitCode = ExitCode.completed
    const work = async () => {
      for (let id = left.shift(); id; id = left.shift()) {
        const code = await end(engine, id, flags.force === true, shell, reporter)
        if (code !== ExitCode.completed) exitCode = code
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return exitCode
  })
}

async function running({ runs }: Engine): Promise<RunId[]> {
  await runs.load()
  return runs.list().flatMap((run) => (isOver(run) ? [] : [run.runId]))
}

async function named({ runs }: Engine, prefixes: readonly string[], { note }: Reporter): Promise<RunId[]> {
  const found = await Promise.all(prefixes.map((prefix) => runs.find(prefix)))
  for (const { run } of found) if (isOver(run)) note(`The run ${run.runId} is over already: ${run.note || run.status}.`)
  return [...new Set(found.flatMap(({ run }) => (isOver(run) ? [] : [run.runId])))]
}

async function end(engine: Engine, id: RunId, force: boolean, shell: Shell, reporter: Reporter): Promise<ExitCode> {
  try {
    await engine.background.stop(id, { force })
    shell.screen.out.write(`${id}  killed\n`)
    return ExitCode.completed
  } catch (error) {
    if (!(error instanceof FailureError)) throw error
    reporter.refuse(error.failure)
    return exitCodeOfFailure(error.failure)
  }
}
