import type { DoctorCheck, DoctorReport } from '#shared/doctor/doctor.ts'
import { commandText, countChecks } from '#shared/doctor/doctor-summary.ts'
import { FailureError, failure } from '#shared/failure.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import { counted } from '#shared/lib/counted.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import { doctorFlags } from '../command-line/doctor-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { withInterrupts } from '../keyboard/interrupts.ts'
import { createReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import { type Output, paint } from '../terminal/output.ts'
import { PhaseLine } from '../terminal/phase-line.ts'
import { plainLine, plainText } from '../terminal/plain-text.ts'
import type { Shell } from '../terminal/shell.ts'
import { padEnd } from '../terminal/width.ts'
import { wrapRows } from '../terminal/wrap.ts'

/** `claw doctor [profile]`: rows as they come, then the sum of it. */
export async function doctor(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const { values: flags, positionals } = parseFlags(doctorFlags, args)
  const [wanted, ...others] = positionals
  if (others.length > 0) throw new UsageError('doctor takes one profile; put quotes around its name.')
  const { out, side } = shell.screen
  const json = flags.json === true
  return withEngine(shell, {}, createReporter(shell.screen, json), async ({ profiles, doctor: examiner }) => {
    const profile = wanted ? profiles.find(wanted) : await profiles.ensureActive({ save: false })
    if (!profile) {
      throw new FailureError(failure('unreachable', 'No backend is configured, and none was found on the usual ports.'))
    }
    const phase = new PhaseLine(side, Date.now)
    const testing = `Testing ${plainLine(profile.name)}`
    const writeLines = (lines: readonly string[]) => {
      phase.clear()
      out.write(`${lines.join('\n')}\n`)
    }
    const stop = new AbortController()
    const test = examiner.test(profile.id, {
      signal: stop.signal,
      mayLoad: async (model) => flags.load === true || (!json && (await mayLoad(model, shell, phase))),
      onCheck(check) {
        if (json) return
        writeLines(checkLines(out, check, profile.id))
        phase.show(testing)
      },
      onWait(words) {
        if (!json) phase.show(words === null ? testing : `Queued, ${plainLine(words)}`)
      },
    })
    if (!json) phase.show(testing)
    const report = await withInterrupts(
      () => stop.abort(),
      () => test,
    ).finally(() => phase.clear())
    if (json) out.write(`${JSON.stringify(report)}\n`)
    else writeLines(['', ...summaryLines(out, report)])
    return exitCode(report)
  })
}

/** Loading takes memory and minutes: a person says yes, a script says --load. */
async function mayLoad(model: string, shell: Shell, phase: PhaseLine): Promise<boolean> {
  phase.clear()
  if (!shell.interactive) return false
  const { askLine } = await import('../keyboard/ask.ts')
  const answer = await askLine(`${plainLine(model)} is not loaded. Load it for this test? [y/N]`)
  return /^y(es)?$/i.test(answer?.trim() ?? '')
}

const marks: Record<DoctorCheck['state'], readonly [string, 'green' | 'yellow' | 'red' | 'dim']> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  problem: ['✗', 'red'],
  'not-tried': ['–', 'dim'],
}

/** Room for the longest title. */
const TITLE_WIDTH = 24

function checkLines(output: Output, check: DoctorCheck, profileId: string): string[] {
  const [sign, style] = marks[check.state]
  const end = check.ms === null ? '' : timeWords(check.ms)
  const title = padEnd(check.title, TITLE_WIDTH)
  const bad = check.state === 'problem' || check.state === 'warning'
  const columns = output.terminal ? output.width() - 1 : Number.POSITIVE_INFINITY
  const said = (text: string) => wrapRows(`    ${plainLine(text)}`, columns, 4)
  const beside = columns >= 2 * TITLE_WIDTH ? TITLE_WIDTH + 3 : 4
  const rows = wrapRows(`${sign} ${title} ${plainLine(check.evidence)}${end && `  ${end}`}`, columns, beside)
  const lines = rows.map((row, index) => {
    const text = end && index === rows.length - 1 ? `${row.slice(0, -end.length)}${paint(output, 'dim', end)}` : row
    const isHead = index === 0 && text.startsWith(`${sign} ${title}`)
    if (!isHead) return text
    return `${paint(output, style, sign)} ${bad ? paint(output, 'bold', title) : title}${text.slice(`${sign} ${title}`.length)}`
  })
  if (check.quote) lines.push(...said(`It said: ${check.quote}`))
  for (const { text, command, apply } of check.remedies) {
    lines.push(...said(text))
    if (command) lines.push(`      ${commandLine(output, command)}`)
    // What the environment says is not changed by a flag.
    const set = apply && profileId !== 'environment' ? applyWords(profileId, apply.change) : ''
    if (set) lines.push(`      ${plainLine(set)}`)
  }
  return lines
}

/** In one line, so that it can be copied; the new words stand out where there are colours. */
function commandLine(output: Output, command: NonNullable<DoctorCheck['remedies'][number]['command']>): string {
  const safe = command.map((part) => ({ ...part, text: plainLine(part.text) }))
  if (!output.colour) return commandText(safe)
  return safe.map(({ text, added }) => (added ? paint(output, 'cyan', text) : text)).join(' ')
}

type Change = NonNullable<DoctorCheck['remedies'][number]['apply']>['change']

/** What a button does in the window is a flag of `profiles set` here; empty = there is none for it. */
function applyWords(profileId: string, { model, baseUrl, contextWindow }: Change): string {
  const flags = [
    model !== undefined && `--model ${model}`,
    baseUrl !== undefined && `--base-url ${baseUrl}`,
    contextWindow !== undefined && `--context-window ${contextWindow}`,
  ].filter((flag) => flag !== false)
  return flags.length === 0 ? '' : clawCommand(`profiles set ${profileId} ${flags.join(' ')}`)
}

function summaryLines(output: Output, report: DoctorReport): string[] {
  const { checks, ms, tokens, tokensEstimated, wantsLoad, model, profileId } = report
  const problems = countChecks(checks, 'problem')
  const warnings = countChecks(checks, 'warning')
  const parts = [
    `${countChecks(checks, 'ok')} of ${checks.length} pass`,
    problems > 0 && paint(output, 'red', counted(problems, 'problem')),
    warnings > 0 && paint(output, 'yellow', counted(warnings, 'warning')),
  ].filter((part) => part !== false)
  const used = `took ${timeWords(ms)}, used ${tokensEstimated ? 'about ' : ''}${counted(tokens, 'token')}`
  return [
    `${parts.join(', ')}; ${used}.`,
    ...(wantsLoad
      ? [plainText(`${model} is not loaded. ${clawCommand(`doctor ${profileId} --load`)} loads it and tests the rest.`)]
      : []),
  ]
}

function timeWords(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`
}

/** Loading wants a yes that nobody gave: what needed it was not tested. */
function exitCode({ checks, wantsLoad }: DoctorReport): ExitCode {
  if (checks.some(({ id, state }) => id === 'reachable' && state === 'problem')) return ExitCode.unreachable
  if (countChecks(checks, 'problem') > 0) return ExitCode.failed
  return wantsLoad ? ExitCode.refused : ExitCode.completed
}
