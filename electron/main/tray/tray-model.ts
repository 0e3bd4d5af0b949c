import type { ApprovalAnswer } from '#shared/approval/approval.ts'
import type { AppState } from '#shared/feed/app-state.ts'
import type { RunId, SessionId, TurnId } from '#shared/ids.ts'
import { counted } from '#shared/lib/counted.ts'
import { cutText } from '#shared/lib/cut-text.ts'
import { isOver, runState } from '#shared/run/run-words.ts'
import { type Work, workWords } from '../notifications/work.ts'
import type { QuestionId } from './questions-shown.ts'

/** The mark in the corner of the icon. */
export type TrayMark = 'idle' | 'running' | 'waiting' | 'failed' | 'paused'

/** What a click does. */
export type TrayAct =
  | { type: 'open'; sessionId: SessionId; runId: RunId | null }
  | { type: 'stop-run'; sessionId: SessionId; runId: RunId }
  | { type: 'stop-turn'; sessionId: SessionId; turnId: TurnId }
  | { type: 'answer'; sessionId: SessionId; callId: string; decision: ApprovalAnswer['decision'] }
  | { type: 'new-task' }
  | { type: 'open-window' }
  | { type: 'pause'; paused: boolean }
  | { type: 'quit' }

export type TrayItem =
  | { kind: 'separator' }
  | { kind: 'words'; label: string }
  | { kind: 'act'; label: string; act: TrayAct }
  | { kind: 'menu'; label: string; items: readonly TrayItem[] }

/** All that the desktop draws of the app while its window is closed. Plain data: equal models look equal. */
export interface TrayModel {
  mark: TrayMark
  /** The first line of the menu. */
  toolTip: string
  items: readonly TrayItem[]
}

export interface TrayFacts {
  state: Pick<AppState, 'runs' | 'runsPaused'>
  work: readonly Work[]
  /** What today's work used; null = nothing to say. */
  today: string | null
  /** When a person last had the window before them, milliseconds since 1970: what failed before that was seen. */
  lookedAt: number
}

const TITLE = 34
const COMMAND = 60
const QUESTIONS = 3
const RUNS = 12

export function trayModel(facts: TrayFacts): TrayModel {
  const { state, work } = facts
  const mark = trayMark(facts)
  const first = firstLine(facts)
  const waiting = work.filter(({ waits }) => waits)
  const going = work.filter(({ waits }) => !waits)
  const left = going.length - RUNS
  const paused = state.runsPaused
  return {
    mark,
    toolTip: first,
    items: inGroups([
      [{ kind: 'words', label: first }],
      waiting.map((one) => ({ kind: 'menu', label: `Waiting: ${cutText(one.title, TITLE)}`, items: workMenu(one) })),
      [
        ...going.slice(0, RUNS).map((one): TrayItem => {
          return { kind: 'menu', label: `${cutText(one.title, TITLE)} · ${one.words}`, items: workMenu(one) }
        }),
        ...(left > 0 ? [{ kind: 'words', label: `and ${left} more` } as const] : []),
      ],
      facts.today === null ? [] : [{ kind: 'words', label: facts.today }],
      [
        { kind: 'act', label: 'New task…', act: { type: 'new-task' } },
        { kind: 'act', label: 'Open Claw Code Agent', act: { type: 'open-window' } },
        ...(paused || state.runs.some((run) => !isOver(run)) ? [pauseItem(paused)] : []),
      ],
      [{ kind: 'act', label: work.length > 0 ? 'Quit…' : 'Quit', act: { type: 'quit' } }],
    ]),
  }
}

/** The questions that can be answered in a menu. */
export function questionsOf(items: readonly TrayItem[]): QuestionId[] {
  return items.flatMap((item) => {
    if (item.kind === 'menu') return questionsOf(item.items)
    return item.kind === 'act' && item.act.type === 'answer' ? [item.act] : []
  })
}

function pauseItem(paused: boolean): TrayItem {
  return { kind: 'act', label: paused ? 'Go on with all' : 'Pause all', act: { type: 'pause', paused: !paused } }
}

function trayMark({ state, work, lookedAt }: TrayFacts): TrayMark {
  if (work.some(({ waits }) => waits)) return 'waiting'
  if (state.runs.some((run) => failedUnseen(run, lookedAt))) return 'failed'
  if (state.runsPaused) return 'paused'
  return work.length > 0 ? 'running' : 'idle'
}

function failedUnseen(run: AppState['runs'][number], lookedAt: number): boolean {
  const how = runState(run)
  return (how === 'failed' || how === 'budget') && (run.endedAt ?? 0) > lookedAt
}

function firstLine({ state, work, lookedAt }: TrayFacts): string {
  const failed = state.runs.filter((run) => failedUnseen(run, lookedAt)).length
  const words = [workWords(state.runs, work), failed > 0 && `${failed} failed`].filter(Boolean).join(', ')
  if (state.runsPaused) return words === '' ? 'Paused' : `Paused: ${words}`
  return words === '' ? 'Nothing runs' : words
}

function workMenu(work: Work): TrayItem[] {
  const { sessionId, runId, approvals, usable } = work
  const more = approvals.length - QUESTIONS
  const answers = approvals.slice(0, QUESTIONS).map(({ callId, text }): TrayItem[] => {
    const answer = (label: string, decision: ApprovalAnswer['decision']): TrayItem => {
      return { kind: 'act', label, act: { type: 'answer', sessionId, callId, decision } }
    }
    return [
      { kind: 'words', label: cutText(text, COMMAND) },
      answer('Allow once', 'allow-once'),
      answer('Allow for this session', 'allow-session'),
      answer('Deny', 'deny'),
    ]
  })
  return inGroups([
    ...(usable ? answers : []),
    more > 0 ? [{ kind: 'words', label: `and ${counted(more, 'more question')}` }] : [],
    [{ kind: 'act', label: 'Open', act: { type: 'open', sessionId, runId } }, ...(usable ? stopItem(work) : [])],
  ])
}

/** Names what is to be stopped: a menu may be on the screen for long, and what began since is something else. */
function stopItem({ sessionId, runId, turnId }: Work): TrayItem[] {
  if (runId !== null) return [{ kind: 'act', label: 'Stop', act: { type: 'stop-run', sessionId, runId } }]
  return turnId === null ? [] : [{ kind: 'act', label: 'Stop', act: { type: 'stop-turn', sessionId, turnId } }]
}

function inGroups(groups: readonly (readonly TrayItem[])[]): TrayItem[] {
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : [{ kind: 'separator' } as const, ...group]))
}
