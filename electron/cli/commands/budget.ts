import { clawCommand } from '#shared/lib/claw-command.ts'
import { groupedCount } from '#shared/lib/counted.ts'
import { csvCell } from '#shared/lib/csv.ts'
import { microUsdFromUsd } from '#shared/lib/money.ts'
import type { BudgetScope, LimitName, Standing } from '#shared/limits/budget.ts'
import { amountWords, scopeWords } from '#shared/limits/limit-words.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import type { SpendingQuery, SpendingReport, SpendingRow } from '#shared/spending/spending.ts'
import type { Engine } from '../../engine/engine.ts'
import { type BudgetFlags, budgetFlags, limitNames, limitScopes } from '../command-line/budget-flags.ts'
import { count, decimal, duration, UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { createReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import type { Output } from '../terminal/output.ts'
import { plainLine, plainText } from '../terminal/plain-text.ts'
import type { Shell } from '../terminal/shell.ts'
import { limitTable, rowTable, spendingWords } from '../terminal/spending-lines.ts'
import { type Column, tableLines } from '../terminal/table.ts'
import { writeSentence } from '../terminal/write-sentence.ts'

/** What was spent, and the limits. */
export async function budget(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(budgetFlags, args)
  const [action, ...operands] = positionals
  if (action !== undefined && action !== 'set') throw new UsageError(`budget has no action "${action}", only set.`)
  if (flags.json && flags.csv) throw new UsageError('--json and --csv exclude each other.')
  return withEngine(shell, {}, createReporter(shell.screen, false), async (engine) => {
    if (action === 'set') await setLimit(engine, operands, flags, shell)
    else await show(engine, flags, shell)
    return ExitCode.completed
  })
}

/** A file gets the bytes; a terminal would obey what a model's name holds. */
function writeCsv(out: Output, text: string): void {
  out.write(out.terminal ? plainText(text) : text)
}

async function show(engine: Engine, flags: BudgetFlags, shell: Shell): Promise<void> {
  const { out } = shell.screen
  const { spending } = engine
  const state = await spending.current()
  const query: SpendingQuery = {
    from: flags.since ?? `${state.day.slice(0, 7)}-01`,
    to: flags.until ?? state.day,
    profileId: flags.profile === undefined ? null : engine.profiles.find(flags.profile).id,
  }
  if (query.from > query.to) throw new UsageError('--since is after --until.')
  if (flags.csv && !flags.by) {
    writeCsv(out, await spending.exported(query, 'csv'))
    return
  }
  if (flags.by === 'session') await engine.sessions.load()
  const report = await spending.report(query)
  const rows = flags.by ? rowsBy(report, flags.by) : []
  if (flags.csv) writeCsv(out, rowsAsCsv(rows))
  else if (flags.json) {
    const { day, today, month, limits } = state
    const totals = await spending.totals(query)
    const range = { ...query, total: report.total, totals, ...(flags.by && { by: flags.by, rows }) }
    out.write(
      `${JSON.stringify({ day, today, month, limits: limits.map((limit) => limitRow(limit, limits)), range })}\n`,
    )
  } else if (flags.by) {
    out.write(`${rowTable(out, flags.by, rows).join('\n')}\n`)
    writeSentence(shell.screen.side, `${query.from} to ${query.to}: ${spendingWords(report.total)}.`)
  } else {
    const ranges = flags.since || flags.until ? [[`${query.from} to ${query.to}`, report.total] as const] : []
    const lines = [['Today', state.today] as const, ['This month', state.month] as const, ...ranges]
    for (const [name, spending] of lines) writeSentence(out, `${`${name}:`.padEnd(12)} ${spendingWords(spending)}`, 13)
    const totals = await spending.totals(query)
    if (totals.length > 0) {
      const cells = totals.map(({ label, units, tokens, costMicroUsd }) => [
        spentOnWords(label),
        groupedCount(units),
        tokens > 0 ? amountWords('totalTokens', tokens) : '',
        costMicroUsd > 0 ? amountWords('costUsd', costMicroUsd) : '',
      ])
      out.write(`\n${tableLines(out, spentOnColumns, cells).join('\n')}\n`)
    }
    const nameOf = (id: string) => plainLine(engine.profiles.get(id)?.name ?? id)
    if (state.limits.length > 0) out.write(`\n${limitTable(out, state.limits, nameOf).join('\n')}\n`)
    else writeSentence(shell.screen.side, `No limits are set. \`${clawCommand('budget set day usd 5')}\` sets one.`)
  }
}

const spentOnColumns: readonly Column[] = [
  { heading: 'spent on', least: 10 },
  { heading: 'times', right: true },
  { heading: 'tokens', right: true },
  { heading: 'cost', right: true },
]

/** What the ledger calls it, for a person. */
function spentOnWords(label: string): string {
  if (label === 'answer') return 'answers'
  if (label === 'summary') return 'summaries'
  return label.startsWith('tool:') ? `calls of ${label.slice('tool:'.length)}` : label
}

/** `set <scope> <limit> <value or none>` */
async function setLimit(engine: Engine, operands: readonly string[], flags: BudgetFlags, shell: Shell): Promise<void> {
  const [scopeText = '', limitText = '', valueText = '', ...more] = operands
  const scope = limitScopes.find((name) => name === scopeText)
  if (!scope) throw new UsageError(`budget set needs one of ${limitScopes.join(', ')}, not "${scopeText}".`)
  const limit = Object.hasOwn(limitNames, limitText) ? limitNames[limitText] : undefined
  if (!limit) throw new UsageError(`budget set needs one of ${Object.keys(limitNames).join(', ')}, not "${limitText}".`)
  if (!valueText || more.length > 0) throw new UsageError(`budget set ${scope} ${limitText} needs a value, or none.`)
  const profile = flags.profile === undefined ? null : engine.profiles.find(flags.profile)
  const value = valueText === 'none' ? null : readValue(limit, limitText, valueText)
  await engine.spending.setLimit({ scope, profileId: profile?.id ?? null, limit, value })
  shell.screen.side.write(`${setWords(scope, limit, value)}${profile ? `, ${plainLine(profile.name)}` : ''}.\n`)
}

function setWords(scope: BudgetScope, limit: LimitName, value: number | null): string {
  return value === null
    ? `No limit any more for ${scopeWords[scope]}`
    : `At the most ${amountWords(limit, value)} for ${scopeWords[scope]}`
}

function readValue(limit: LimitName, name: string, text: string): number {
  try {
    const value = readAmount(limit, text)
    // As in the window: with it, every run would end at once.
    if (value <= 0) throw new UsageError(`needs more than 0, or none`)
    return value
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${name} ${error.message}.`)
    throw error
  }
}

function readAmount(limit: LimitName, text: string): number {
  if (limit === 'costUsd') return microUsdFromUsd(decimal('', '').read(text, undefined))
  return (limit === 'wallTime' ? duration('') : count('')).read(text, undefined)
}

function rowsBy(report: SpendingReport, by: NonNullable<BudgetFlags['by']>): readonly SpendingRow[] {
  return report[`${by}s`]
}

const counts = [
  'modelCalls',
  'toolCalls',
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'reasoningTokens',
] as const
const money = ['reportedMicroUsd', 'estimatedMicroUsd', 'unknownCalls', 'freeCalls'] as const

function rowsAsCsv(rows: readonly SpendingRow[]): string {
  const head = ['key', 'name', ...counts, ...money].join(',')
  const lines = rows.map(({ key, spending, title, profileName }) =>
    [csvCell(key), csvCell(title ?? profileName ?? ''), ...[...counts, ...money].map((name) => spending[name])].join(
      ',',
    ),
  )
  return [head, ...lines].map((line) => `${line}\r\n`).join('')
}

/** A limit as scripts read it, with the whole rule that it is part of. */
function limitRow({ name, allowed, scope, profileId, used }: Standing, all: readonly Standing[]) {
  const ofRule = all.filter((one) => one.scope === scope && one.profileId === profileId)
  const limits = Object.fromEntries(ofRule.map((one) => [one.name, one.allowed]))
  return { rule: { scope, profileId, limits }, limit: name, allowed, used }
}
