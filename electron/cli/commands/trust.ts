import { resolve } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import type { InstructionsView } from '#shared/policy/instructions.ts'
import type { PolicyView } from '#shared/policy/policy.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { trustFlags } from '../command-line/trust-flags.ts'
import { createReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import { instructionLines } from '../terminal/instruction-lines.ts'
import { plainLine } from '../terminal/plain-text.ts'
import { policyLines } from '../terminal/policy-lines.ts'
import type { Shell } from '../terminal/shell.ts'
import { shortFolder } from '../terminal/words.ts'
import { writeSentence } from '../terminal/write-sentence.ts'

/** `claw trust [folder]`: shows what the manifests and instructions of a folder say, and lets what loosens count. */
export async function trust(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const { values: flags, positionals } = parseFlags(trustFlags, args)
  const [wanted = '.', ...others] = positionals
  if (others.length > 0) throw new UsageError('trust takes one folder; put quotes around its name.')
  if (flags.show && flags.revoke) throw new UsageError('--show and --revoke do not go together.')
  // What is printed for a program is one object: nothing is asked then.
  if (flags.json && !flags.show && !flags.revoke && !flags.yes) {
    throw new UsageError('--json goes with --show, --revoke or --yes.')
  }
  const folder = resolve(shell.cwd, wanted)
  const added = (flags['add-dir'] ?? []).map((path) => resolve(shell.cwd, path))
  const { out, side } = shell.screen
  return withEngine(shell, {}, createReporter(shell.screen, false), async ({ policies, instructions }) => {
    const print = (view: PolicyView, instructed: InstructionsView) => {
      const lines = () => [...policyLines(out, view), ...instructionLines(out, instructed)].join('\n')
      out.write(`${flags.json ? JSON.stringify({ ...view, instructions: instructed }) : lines()}\n`)
    }
    const printNow = async () => print(await policies.show(folder, added), await instructions.show(folder))
    const view = await policies.show(folder, added)
    const instructed = await instructions.show(folder)
    const broken = view.files.find(({ problem }) => problem !== null)
    if (flags.revoke) {
      await policies.revoke(view.files.map(({ path }) => path))
      await instructions.revoke(folder)
      await printNow()
      return ExitCode.completed
    }
    if (flags.show || !flags.json) print(view, instructed)
    if (flags.show) return broken ? ExitCode.usage : ExitCode.completed
    if (broken) throw new FailureError(failure('invalid-input', `${broken.problem}`))
    const open = view.files.filter(({ trust: state }) => state !== 'trusted')
    const isUntold = instructed.trust !== 'trusted' && instructed.files.some(({ trusted }) => !trusted)
    if ((open.length > 0 || isUntold) && !flags.yes && !shell.interactive) {
      writeSentence(side, 'claw: Nobody is here to read that. --yes trusts it as it is shown.')
      return ExitCode.refused
    }
    if (open.length > 0) {
      const yes =
        flags.yes === true ||
        (await agrees(`${open.length === 1 ? 'this file' : `these ${open.length} files`} as shown`))
      await policies.answer(open, yes)
      side.write(yes ? 'Trusted as it is now. A change of a file takes its trust away.\n' : 'It stays untrusted.\n')
    }
    if (isUntold) {
      const where = plainLine(shortFolder(instructed.folder))
      const yes = flags.yes === true || (await agrees(`${where}, so that its instructions count`))
      await instructions.answer(folder, yes)
      side.write(yes ? `The instructions of ${where} count, also when they change.\n` : 'They do not count.\n')
    }
    if (flags.json) await printNow()
    return ExitCode.completed
  })
}

async function agrees(what: string): Promise<boolean> {
  const { askLine } = await import('../keyboard/ask.ts')
  const answer = await askLine(`Trust ${what}? [y/N]`)
  return /^y(es)?$/i.test(answer?.trim() ?? '')
}
