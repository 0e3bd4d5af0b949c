import { exitCodeOfEnd } from '#shared/session/exit-code.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { runFlags, sendOptionsOf } from '../command-line/run-flags.ts'
import { settleFolderTrust } from '../run/folder-trust.ts'
import { chooseBackend, parentRunOf, sessionOptions } from '../run/open-engine.ts'
import { policyNote } from '../run/policy-note.ts'
import { readPrompt } from '../run/read-prompt.ts'
import { createReporter } from '../run/reporter.ts'
import { runTurn } from '../run/run-turn.ts'
import { standInHint } from '../run/stand-in.ts'
import { withEngine } from '../run/with-engine.ts'
import type { Shell } from '../terminal/shell.ts'

/** One prompt, one run. */
export async function agent(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(runFlags, args)
  const reporter = createReporter(shell.screen, flags.json === true)
  const canAnswer = shell.interactive && !flags.json
  const options = await sendOptionsOf(flags, parentRunOf(shell.env))
  const prompt = await readPrompt(positionals, reporter.note)
  if (!prompt) throw new UsageError('A prompt is missing.')
  return withEngine(shell, flags, reporter, async (engine) => {
    const choice = await chooseBackend(engine, flags, shell, canAnswer)
    const start = await sessionOptions(flags, shell, choice, canAnswer)
    const session = await engine.sessions.create({ ...start, oneTime: true })
    const note = await policyNote(engine, [start.cwd, start.addedFolders ?? []], shell)
    if (note) reporter.note(note)
    await settleFolderTrust(engine, start.cwd, shell, { flags, canAsk: canAnswer, tell: reporter.note })
    const questions = canAnswer ? shell.screen.side : null
    const end = await runTurn(session, prompt, options, { reporter, questions })
    const hint = standInHint(engine, session, end, false)
    if (hint) reporter.note(hint)
    return exitCodeOfEnd(end)
  })
}
