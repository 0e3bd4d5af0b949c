import { clawCommand } from '#shared/lib/claw-command.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { isOver } from '#shared/run/run-words.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import { Attachment } from '../attach/attachment.ts'
import { attachFlags } from '../command-line/background-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { createReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import { endedWords } from '../terminal/run-rows.ts'
import type { Shell } from '../terminal/shell.ts'

/** Looks at a run as if it went on here, and has a say in it. */
export async function agentAttach(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(attachFlags, args)
  const [prefix, ...more] = positionals
  if (!prefix || more.length > 0) throw new UsageError('agent-attach needs the id of one run.')
  const json = flags.json === true
  return withEngine(shell, {}, createReporter(shell.screen, json), async (engine) => {
    const { run } = await engine.runs.find(prefix)
    const reporter = createReporter(shell.screen, json, run.runId)
    const session = isOver(run) ? null : await engine.background.attach(run.sessionId)
    if (!session) {
      const now = (await engine.runs.refresh(run.runId))?.run ?? run
      reporter.note(overWords(now))
      return ExitCode.failed
    }
    const questions = shell.interactive && !json ? shell.screen.side : null
    return new Attachment({ session, reporter, questions }).run()
  })
}

function overWords(run: BackgroundRun): string {
  const { runId, sessionId } = run
  return `The run ${runId} is over (${endedWords(run)}). What it did: ${clawCommand(`agent-logs ${runId}`)}. Go on with: ${clawCommand(`agent-resume ${sessionId}`)}`
}
