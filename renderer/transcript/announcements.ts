import { phaseWords } from '#shared/session/phase-words.ts'
import type { Item, SessionView, ToolItem, TurnView } from '#shared/session/session-view.ts'
import { type ToolKind, toolKindOf } from '#shared/session/tool-kind.ts'
import { stopFacts, stopTitle } from '../approvals/budget-stop.ts'
import { endWords } from '../lib/end-words.ts'
import { formatTimeLeft } from '../lib/format.ts'
import { endNotice } from './turn-end.ts'

export interface Announcement {
  text: string
  /** Said at once, over whatever is being said: a question that holds the turn. */
  urgent: boolean
}

/** One after the other, each with its end. */
export function sentences(texts: readonly string[]): string {
  return texts.map((text, index) => (index < texts.length - 1 && !/[.?!…]$/.test(text) ? `${text}.` : text)).join(' ')
}

/** What a reader should hear of the step from one view to the next. Seconds and tokens are not among it. */
export function announcements(before: SessionView | null, after: SessionView): readonly Announcement[] {
  if (!before || before.sessionId !== after.sessionId || before === after) return []
  const said: Announcement[] = []
  const announce = (text: string, urgent = false) => said.push({ text, urgent })
  const known = new Set(before.approvals.map(({ request }) => request.callId))
  for (const { request, since, until } of after.approvals) {
    if (known.has(request.callId)) continue
    const { subject } = request
    const what = subject.kind === 'command' ? subject.command : `change in ${subject.diff.path}`
    const end = until === undefined ? '' : `. The run ends in ${formatTimeLeft(until - since)} unless answered`
    announce(`Approval needed ${request.purpose}: ${what}${end}`, true)
  }
  const stop = after.budgetRequest?.stop
  if (stop && !before.budgetRequest)
    announce(`Limit reached: ${stopTitle(stop)}. ${stopFacts(stop)[0]?.text}. It waits for you.`)
  for (const tool of endedTools(before, after)) announce(toolSentence(tool))
  const phase = after.activity?.phase
  if (phase && phase !== before.activity?.phase && phase !== 'waiting-approval') announce(phaseWords[phase])
  const ended = endedTurn(before, after)
  if (ended) announce(endSentence(ended))
  return said
}

function endedTools(before: SessionView, after: SessionView): ToolItem[] {
  const turn = after.turns.at(-1)
  const old = before.turns.at(-1)
  if (!turn || turn === old) return []
  const same: readonly Item[] = old?.turnId === turn.turnId ? old.items : []
  return turn.items.filter((item, index): item is ToolItem => {
    if (item.kind !== 'tool' || item === same[index] || isOpen(item)) return false
    const was = same[index]
    return was?.kind !== 'tool' || isOpen(was)
  })
}

function isOpen({ state }: ToolItem): boolean {
  return state === 'running' || state === 'waiting'
}

/** What a call of a tool did, where another word than the one for its kind is the better one. */
const pastOfTools: Readonly<Record<string, string>> = {
  list_dir: 'listed',
  grep_search: 'searched',
  glob_search: 'found',
  write_file: 'wrote',
}

const pastOfKinds: Readonly<Record<ToolKind, string | null>> = {
  read: 'read',
  search: 'searched',
  edit: 'edited',
  run: 'ran',
  other: null,
}

function toolSentence(tool: ToolItem): string {
  const { verb, target, diff, exitCode, state, summary } = tool
  const kind = toolKindOf(tool)
  // A command or a pattern is no path.
  const name = kind === 'run' || kind === 'search' ? target : (target.split('/').at(-1) ?? target)
  if (state === 'denied' || state === 'not-run') return `${verb} ${name}: ${summary || state}`
  if (state === 'failed' && exitCode === undefined) return `${verb} ${name} failed: ${summary}`
  const did = `${pastOfTools[tool.name] ?? pastOfKinds[kind] ?? verb} ${name}`
  if (diff) return `${did}, ${diff.added} added, ${diff.removed} removed`
  return `${did}, ${endWords({ summary, exitCode })}`
}

function endedTurn(before: SessionView, after: SessionView): TurnView | null {
  const turn = after.turns.at(-1)
  if (!turn?.end) return null
  const old = before.turns.at(-1)
  return old?.turnId === turn.turnId && old.end ? null : turn
}

function endSentence(turn: TurnView): string {
  const notice = endNotice(turn)
  return notice ? `${notice.title} ${notice.text}`.trim() : 'The turn is done.'
}
