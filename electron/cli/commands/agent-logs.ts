import { FailureError, failure } from '#shared/failure.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { isOver } from '#shared/run/run-words.ts'
import { worktreeCommands, worktreeWords } from '#shared/run/worktree-commands.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import type { RunLog } from '../../engine/engine.ts'
import { logsFlags } from '../command-line/background-flags.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { withInterrupts } from '../keyboard/interrupts.ts'
import { createReporter, type Reporter } from '../run/reporter.ts'
import { RunRecord } from '../run/run-record.ts'
import { viewOfRun } from '../run/run-view.ts'
import { withEngine } from '../run/with-engine.ts'
import type { Output } from '../terminal/output.ts'
import { plainLine } from '../terminal/plain-text.ts'
import type { Shell } from '../terminal/shell.ts'

/** Shows what a run did, from its journal; the run itself is not asked. */
export async function agentLogs(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(logsFlags, args)
  const [prefix, ...more] = positionals
  if (!prefix || more.length > 0) throw new UsageError('agent-logs needs the id of one run.')
  const json = flags.json === true
  const { out } = shell.screen
  return withEngine(shell, {}, createReporter(shell.screen, json), async (engine) => {
    const { run } = await engine.runs.find(prefix)
    const log = await engine.background.log(run.runId)
    const view = viewOfRun(run)
    const follow = flags.follow === true
    let shownSeq = 0
    // Begun before the end is read: what comes in between is in one of the two, and told once.
    const coming = log.entries({ from: flags.tail === undefined ? 'start' : 'end', follow })[Symbol.asyncIterator]()
    let next = coming.next()
    // What goes wrong is told when it is waited for.
    next.catch(() => undefined)
    if (flags.tail !== undefined) {
      const end = await lastLines(log, view, flags.tail, json, out)
      shownSeq = end.seq
      if (end.text) out.write(end.text)
    }
    const reporter = reporterTo(out, json, log)
    await reporter.prepare()
    const show = async () => {
      for (let entry = await next; !entry.done; entry = await next) {
        if (entry.value.seq > shownSeq) reportEntry(reporter, entry.value, view, json)
        await out.ready?.()
        next = coming.next()
      }
    }
    try {
      await withInterrupts(
        // Whoever follows has seen enough; the run goes on.
        () => process.exit(ExitCode.completed),
        () => show(),
      )
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
      throw new FailureError(
        failure('not-found', `The run ${run.runId} has no journal: it ended before it began, or was removed.`),
      )
    }
    reporter.finishLine()
    const now = json ? null : await engine.runs.refresh(run.runId)
    if (now) for (const line of afterwards(now.run)) out.write(`${line}\n`)
    return ExitCode.completed
  })
}

/** What the journal of a run cannot tell, because it ended without a word, or left something to do. */
function afterwards(run: BackgroundRun): string[] {
  if (!isOver(run)) return []
  const { status, worktree, sessionId } = run
  const goOn = clawCommand(`agent-resume ${sessionId}`)
  const lines = status === 'interrupted' ? [`It was interrupted and did not come to its end. Go on with: ${goOn}`] : []
  if (!worktree?.left) return lines
  const { show, keep, discard } = worktreeCommands(worktree)
  const isEmpty = worktree.left.uncommitted === 0 && worktree.left.commits === 0
  return [
    ...lines,
    `Its worktree is ${worktree.path}, branch ${worktree.branch}. ${worktreeWords(worktree)}`,
    ...(isEmpty ? [] : [`Show it:       ${show}`, `Keep it:       ${keep}`]),
    `Throw it away: ${discard}`,
  ].map((line) => plainLine(line))
}

/** Everything on one way out: a log is its own result. */
function reporterTo(out: Output, json: boolean, { run }: RunLog, before?: RunRecord): Reporter {
  return createReporter({ out, side: out }, json, run.runId, before)
}

function reportEntry(reporter: Reporter, entry: SessionEntry, view: SessionView, json: boolean): void {
  const said =
    entry.type === 'turn-start' || (entry.type === 'follow-up' && entry.origin === 'user') ? entry.text : null
  if (said !== null && !json) reporter.note(`> ${said}`)
  reporter.report(entry, view)
}

/** So much of a journal is looked at for its last lines. Characters. */
const TAIL_LIMIT = 8_000_000

/** The last lines that an output shows, and the last entry that they hold. */
async function lastLines(log: RunLog, view: SessionView, count: number, json: boolean, out: Output) {
  const newestFirst: SessionEntry[] = []
  let size = 0
  let rendered = 0
  for await (const entry of log.fromEnd()) {
    newestFirst.push(entry)
    size += 'text' in entry ? entry.text.length : JSON.stringify(entry).length
    if (size > TAIL_LIMIT) break
    // Rendered only when there is twice as much as the last time: the work stays in proportion.
    if (newestFirst.length < Math.max(count, rendered * 2)) continue
    rendered = newestFirst.length
    // More than that many: the first line may be the end of a longer one.
    if (linesOf(newestFirst, log, view, json, out).length > count) break
  }
  const before = await recordBefore(newestFirst, log)
  const lines = count === 0 ? [] : linesOf(newestFirst, log, view, json, out, before).slice(-count)
  return { text: lines.map((line) => `${line}\n`).join(''), seq: newestFirst[0]?.seq ?? 0 }
}

function linesOf(
  newestFirst: readonly SessionEntry[],
  log: RunLog,
  view: SessionView,
  json: boolean,
  out: Output,
  before?: RunRecord,
): string[] {
  const memory = memoryOutput(out)
  const reporter = reporterTo(memory.output, json, log, before)
  for (const entry of newestFirst.toReversed()) reportEntry(reporter, entry, view, json)
  reporter.finishLine()
  return memory.text().split('\n').slice(0, -1)
}

/** What a turn came to before the entries that are shown of it: its end tells of all of it. */
async function recordBefore(newestFirst: readonly SessionEntry[], log: RunLog): Promise<RunRecord> {
  const record = new RunRecord()
  const first = newestFirst.at(-1)
  const oldest = newestFirst.findLast(
    ({ type }) => type === 'turn-start' || type === 'turn-resume' || type === 'turn-end',
  )
  if (!first || oldest?.type !== 'turn-end') return record
  let current = record
  for await (const entry of log.entries({ from: 'start', follow: false })) {
    if (entry.seq >= first.seq) break
    if (entry.type === 'turn-start' || entry.type === 'turn-resume') current = new RunRecord()
    current.apply(entry)
  }
  return current
}

function memoryOutput(like: Output): { output: Output; text(): string } {
  const parts: string[] = []
  const output: Output = { ...like, terminal: false, redraws: false, write: (text) => void parts.push(text) }
  return { output, text: () => parts.join('') }
}
