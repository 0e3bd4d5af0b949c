import { ExitCode } from '#shared/session/exit-code.ts'
import { bgFlags } from '../command-line/background-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { sendOptionsOf } from '../command-line/run-flags.ts'
import { chooseWorkFolder } from '../run/choose-work-folder.ts'
import { settleFolderTrust } from '../run/folder-trust.ts'
import { chooseBackend, parentRunOf, sessionOptions } from '../run/open-engine.ts'
import { policyNote } from '../run/policy-note.ts'
import { readPrompt } from '../run/read-prompt.ts'
import { createReporter } from '../run/reporter.ts'
import { tellStarted } from '../run/tell-started.ts'
import { withEngine } from '../run/with-engine.ts'
import type { Shell } from '../terminal/shell.ts'

/** Starts a run that goes on by itself. */
export async function agentBg(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(bgFlags, args)
  const reporter = createReporter(shell.screen, flags.json === true)
  const canAsk = shell.interactive && !flags.json
  const send = await sendOptionsOf(flags, parentRunOf(shell.env))
  const prompt = await readPrompt(positionals, reporter.note)
  if (!prompt) throw new UsageError('A prompt is missing.')
  return withEngine(shell, flags, reporter, async (engine) => {
    const choice = await chooseBackend(engine, flags, shell, canAsk)
    const { cwd, profileId, permissions, overrides, addedFolders, systemPrompt, appendSystemPrompt } =
      await sessionOptions(flags, shell, choice, true)
    const note = await policyNote(engine, [cwd, addedFolders ?? []], shell)
    if (note) reporter.note(note)
    await settleFolderTrust(engine, cwd, shell, { flags, canAsk, tell: reporter.note })
    const workFolder = await chooseWorkFolder(engine, { cwd, permissions }, flags, { canAsk, tell: reporter.note })
    if (workFolder === 'nowhere') return ExitCode.refused
    const started = await engine.background.start(
      {
        ...{ prompt, cwd, profileId, permissions },
        limits: send.limits ?? {},
        ...(workFolder === 'worktree' && { worktree: true }),
      },
      {
        send,
        ...(overrides && { overrides }),
        ...(addedFolders && { addedFolders }),
        ...(systemPrompt !== undefined && { systemPrompt }),
        ...(appendSystemPrompt !== undefined && { appendSystemPrompt }),
      },
    )
    tellStarted(shell.screen, started, flags.json === true)
    return ExitCode.completed
  })
}
