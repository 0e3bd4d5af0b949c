import { resolve } from 'node:path'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import type { Engine } from '../../engine/engine.ts'
import { eventsOf } from '../attach/turn-events.ts'
import { UsageError } from '../command-line/flag.ts'
import { parseFlags } from '../command-line/parse-flags.ts'
import { type SessionsFlags, sessionsFlags } from '../command-line/session-flags.ts'
import { createReporter } from '../run/reporter.ts'
import { withEngine } from '../run/with-engine.ts'
import { plainLine } from '../terminal/plain-text.ts'
import type { Shell } from '../terminal/shell.ts'
import { type Cell, type Column, tableLines } from '../terminal/table.ts'
import { textWidth } from '../terminal/width.ts'
import { ageWords, shortFolder } from '../terminal/words.ts'
import { writeSentence } from '../terminal/write-sentence.ts'

/** In a terminal; elsewhere all are listed. */
const SHOWN = 50

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

const columns: readonly Column[] = [
  { heading: 'state', least: Math.max(...Object.values(stateWords).map(textWidth)), most: 40, whole: true },
  { heading: 'title', least: 30 },
  { heading: 'age', drop: 1, right: true },
  { heading: 'folder', drop: 2, least: 12, most: 40, cut: 'start' },
  { heading: 'session' },
]

/** `claw sessions [list]`, `show`, `rename`, `remove`. */
export async function sessions(args: readonly string[], shell: Shell): Promise<ExitCode> {
  const { values: flags, positionals } = parseFlags(sessionsFlags, args)
  const [name = 'list', ...operands] = positionals
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (!action) throw new UsageError(`sessions cannot ${name}. It can: ${Object.keys(actions).join(', ')}.`)
  return withEngine(shell, {}, createReporter(shell.screen, false), (engine) =>
    action({ engine, flags, operands, shell }),
  )
}

interface Request {
  engine: Engine
  flags: SessionsFlags
  operands: readonly string[]
  shell: Shell
}

const actions: Readonly<Record<string, (request: Request) => Promise<ExitCode>>> = {
  list: async ({ engine, flags, operands, shell: { cwd: here, screen } }) => {
    if (operands.length > 0) throw new UsageError(`sessions list takes no ${operands[0]}.`)
    const { out, side } = screen
    await engine.sessions.load()
    const all = engine.sessions.list()
    const folder = flags.cwd === undefined ? null : resolve(here, flags.cwd)
    const fitting = folder === null ? all : all.filter(({ cwd }) => cwd === folder)
    const usual = out.terminal && !flags.json ? SHOWN : fitting.length
    const list = fitting.slice(0, flags.limit ?? usual)
    if (flags.json) out.write(`${JSON.stringify(list)}\n`)
    else if (all.length === 0) {
      writeSentence(side, `There are no sessions yet. \`${clawCommand('agent "<prompt>"')}\` makes one.`)
    } else if (fitting.length === 0) writeSentence(side, `No session works in ${plainLine(shortFolder(folder ?? ''))}.`)
    else {
      out.write(`${tableLines(out, columns, list.map(rowOf)).join('\n')}\n`)
      const more = clawCommand(`sessions --limit ${fitting.length}`)
      if (list.length < fitting.length) writeSentence(side, `${list.length} of ${fitting.length}. All of them: ${more}`)
    }
    return ExitCode.completed
  },

  show: async ({ engine, operands, shell: { screen } }) => {
    const { out } = screen
    const view = await engine.sessions.peek(await engine.sessions.find(one(operands, 'show')))
    const reporter = createReporter({ out, side: out }, false)
    await reporter.prepare()
    reporter.note(`${view.title}\nSession ${view.sessionId} in ${shortFolder(view.cwd)}`)
    for (const turn of view.turns) {
      reporter.note(`\n> ${turn.text}`)
      for (const event of eventsOf(view, turn)) reporter.report(event, view)
    }
    reporter.finishLine()
    return ExitCode.completed
  },

  rename: async ({ engine, operands, shell: { screen } }) => {
    const [prefix, ...words] = operands
    const title = words.join(' ').trim()
    if (!prefix || !title) throw new UsageError('sessions rename needs the id of a session and a title.')
    const session = await engine.sessions.open(await engine.sessions.find(prefix), { closeOpenTurn: false })
    await session.request('rename', { title })
    await session.request('persisted', {})
    writeSentence(screen.side, `${session.id} is now "${plainLine(session.view().title)}".`)
    return ExitCode.completed
  },

  remove: async ({ engine, flags, operands, shell }) => {
    const { side } = shell.screen
    const id = await engine.sessions.find(one(operands, 'remove'))
    const view = await engine.sessions.peek(id)
    if (!flags.yes && !shell.interactive) {
      writeSentence(side, 'claw: Nobody is here to be asked. --yes removes it.')
      return ExitCode.refused
    }
    if (!flags.yes && !(await agrees(view.title))) {
      writeSentence(side, 'It stays.')
      return ExitCode.completed
    }
    await engine.sessions.remove(id)
    writeSentence(side, `Removed ${id}.`)
    return ExitCode.completed
  },
}

function one(operands: readonly string[], action: string): string {
  const [prefix, ...others] = operands
  if (!prefix || others.length > 0) throw new UsageError(`sessions ${action} needs the id of one session.`)
  return prefix
}

async function agrees(title: string): Promise<boolean> {
  const { askLine } = await import('../keyboard/ask.ts')
  const answer = await askLine(`Remove "${plainLine(title)}" for good, with all that was said in it? [y/N]`)
  return /^y(es)?$/i.test(answer?.trim() ?? '')
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
