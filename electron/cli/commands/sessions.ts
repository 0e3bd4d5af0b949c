import { resolve } from 'node:path'
import type { SessionSummary } from '#shared/app-state.ts'
import { clawCommand } from '#shared/claw-command.ts'
import { ExitCode } from '#shared/exit-code.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { sessionsFlags } from '../command-line/session-flags.ts'
import { createReporter } from '../run/reporter.ts'
import type { Shell } from '../run/shell.ts'
import { withEngine } from '../run/with-engine.ts'
import { type Cell, type Column, tableLines } from '../terminal/table.ts'
import { ageWords, shortFolder } from '../terminal/words.ts'

/** In a terminal; elsewhere all are listed. */
const SHOWN = 50

const columns: readonly Column[] = [
  { heading: 'state', least: 10, most: 40 },
  { heading: 'title', least: 30 },
  { heading: 'age', drop: 1, right: true },
  { heading: 'folder', drop: 2, least: 12, most: 40, cut: 'start' },
  { heading: 'session' },
]

/** Lists the sessions, newest first. */
export async function sessions(args: readonly string[], shell: Shell) {
  const { values: flags, positionals } = parseFlags(sessionsFlags, args)
  if (positionals.length > 0) throw new UsageError(`sessions takes no ${positionals[0]}.`)
  const { out, side } = shell.screen
  return withEngine(shell, {}, createReporter(shell.screen, false), async (engine) => {
    await engine.sessions.load()
    const all = engine.sessions.list()
    const folder = flags.cwd === undefined ? null : resolve(shell.cwd, flags.cwd)
    const fitting = folder === null ? all : all.filter(({ cwd }) => cwd === folder)
    const usual = out.terminal && !flags.json ? SHOWN : fitting.length
    const list = fitting.slice(0, flags.limit ?? usual)
    if (flags.json) out.write(`${JSON.stringify(list)}\n`)
    else if (all.length === 0)
      side.write(`There are no sessions yet. \`${clawCommand('agent "<prompt>"')}\` makes one.\n`)
    else if (fitting.length === 0) side.write(`No session works in ${shortFolder(folder ?? '')}.\n`)
    else {
      out.write(`${tableLines(out, columns, list.map(rowOf)).join('\n')}\n`)
      if (list.length < fitting.length) {
        const more = clawCommand(`sessions --limit ${fitting.length}`)
        side.write(`${list.length} of ${fitting.length}. All of them: ${more}\n`)
      }
    }
    return ExitCode.completed
  })
}

function rowOf({ sessionId, updatedAt, state, note, cwd, title }: SessionSummary): Cell[] {
  return [
    note || stateWords[state],
    title,
    ageWords(Math.max(0, Date.now() - updatedAt)),
    shortFolder(cwd),
    { text: sessionId, style: 'dim' },
  ]
}

/** Where no note says more. */
const stateWords: Readonly<Record<SessionSummary['state'], string>> = {
  idle: 'done',
  queued: 'queued',
  running: 'running',
  waiting: 'waits for you',
  interrupted: 'interrupted',
  stopped: 'stopped',
  failed: 'failed',
  budget: 'limit reached',
}
