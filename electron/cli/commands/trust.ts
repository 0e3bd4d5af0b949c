import { resolve } from 'node:path'
import { FailureError, failure } from '#shared/failure.ts'
import type { PolicyView } from '#shared/policy/policy.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { trustFlags } from '../command-line/trust-flags.ts'
import { createReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import { policyLines } from '../terminal/policy-lines.ts'
import type { Shell } from '../terminal/shell.ts'
import { writeSentence } from '../terminal/write-sentence.ts'

/** `claw trust [folder]`: shows what the manifests of a folder say, and lets what loosens count. */
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
  return withEngine(shell, {}, createReporter(shell.screen, false), async ({ policies }) => {
    const print = (view: PolicyView) =>
      out.write(flags.json ? `${JSON.stringify(view)}\n` : `${policyLines(out, view).join('\n')}\n`)
    const view = await policies.show(folder, added)
    const broken = view.files.find(({ problem }) => problem !== null)
    if (flags.revoke) {
      await policies.revoke(view.files.map(({ path }) => path))
      print(await policies.show(folder, added))
      return ExitCode.completed
    }
    if (flags.show || !flags.json) print(view)
    if (flags.show) return broken ? ExitCode.usage : ExitCode.completed
    if (broken) throw new FailureError(failure('invalid-input', `${broken.problem}`))
    const open = view.files.filter(({ trust: state }) => state !== 'trusted')
    if (open.length > 0 && !flags.yes && !shell.interactive) {
      writeSentence(side, 'claw: Nobody is here to read that. --yes trusts it as it is shown.')
      return ExitCode.refused
    }
    if (open.length > 0) {
      const yes = flags.yes === true || (await agrees(open.length))
      await policies.answer(open, yes)
      side.write(yes ? 'Trusted as it is now. A change of a file takes its trust away.\n' : 'It stays untrusted.\n')
    }
    if (flags.json) print(await policies.show(folder, added))
    return ExitCode.completed
  })
}

async function agrees(count: number): Promise<boolean> {
  const { askLine } = await import('../keyboard/ask.ts')
  const answer = await askLine(`Trust ${count === 1 ? 'this file' : `these ${count} files`} as shown? [y/N]`)
  return /^y(es)?$/i.test(answer?.trim() ?? '')
}
