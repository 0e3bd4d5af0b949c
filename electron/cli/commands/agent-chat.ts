import { openChat } from '../chat/open-chat.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { runFlags, sendOptionsOf } from '../command-line/run-flags.ts'
import { chooseBackend, parentRunOf } from '../run/open-engine.ts'
import { createChatReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import type { Shell } from '../terminal/shell.ts'

/** A conversation, which may begin with what the command line says. */
export async function agentChat(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(runFlags, args)
  const reporter = createChatReporter(shell.screen, flags.json === true)
  const canAnswer = shell.interactive && !flags.json
  const send = await sendOptionsOf(flags, parentRunOf(shell.env))
  return withEngine(shell, flags, reporter, async (engine) => {
    const choice = await chooseBackend(engine, flags, shell, canAnswer)
    const stage = { reporter, questions: canAnswer ? shell.screen.side : null }
    return openChat({ engine, shell, flags, send, stage, choice, session: null }, positionals.join(' '))
  })
}
