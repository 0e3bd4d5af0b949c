import type { AppState } from '#shared/feed/app-state.ts'
import type { RunId, SessionId, TurnId } from '#shared/ids.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import {
  approvalLine,
  countRuns,
  countWords,
  folderName,
  isOver,
  type RunCounts,
  runState,
  stateWord,
} from '#shared/run/run-words.ts'
import type { PendingApproval, SessionView } from '#shared/session/session-view.ts'

/** Something that goes on or waits, whether anybody looks or not: a background run, or a turn of a chat of this app. */
export interface Work {
  sessionId: SessionId
  /** null = a chat of this app, which ends with it. */
  runId: RunId | null
  /** The turn of a chat; a run is stopped as a whole. */
  turnId: TurnId | null
  title: string
  /** The last part of where it works. */
  folder: string
  waits: boolean
  /** What it does, in a few words. */
  words: string
  approvals: readonly { callId: string; text: string }[]
  /** false = of another version of the app: it can only be looked at. */
  usable: boolean
}

type WorkSources = Pick<AppState, 'runs' | 'sessions'>

/** Runs first, in the order of their page; then chats. `opened` = the view of a session that this process holds. */
export function workOf(state: WorkSources, opened: (id: SessionId) => SessionView | undefined): Work[] {
  const ofRuns = new Set(state.runs.map(({ sessionId }) => sessionId))
  const chats = state.sessions.flatMap(({ sessionId }) => {
    const view = ofRuns.has(sessionId) ? undefined : opened(sessionId)
    return view?.activity ? [chatWork(view)] : []
  })
  return [...state.runs.filter((run) => !isOver(run)).map(runWork), ...chats]
}

/** How much goes on: "3 running, 1 waits for you". */
export function workWords(runs: readonly BackgroundRun[], work: readonly Work[]): string {
  const counts: RunCounts = { ...countRuns(runs) }
  for (const { runId, waits } of work) if (runId === null) counts[waits ? 'waiting' : 'running']++
  return countWords(counts)
}

function runWork(run: BackgroundRun): Work {
  const state = runState(run)
  const before = run.queuedBefore ?? 0
  return {
    sessionId: run.sessionId,
    runId: run.runId,
    turnId: null,
    title: run.title || run.prompt,
    folder: folderName(run.cwd),
    waits: state === 'waiting',
    words: state === 'queued' && before > 0 ? `queued, ${before} before` : stateWord(run),
    approvals: questions(run.approvals),
    usable: run.usable,
  }
}

function chatWork(view: SessionView): Work {
  const waits = view.approvals.length > 0 || view.budgetRequest !== null
  return {
    sessionId: view.sessionId,
    runId: null,
    turnId: view.turns.at(-1)?.turnId ?? null,
    title: view.title || 'New chat',
    folder: folderName(view.cwd),
    waits,
    words: waits ? 'waiting for you' : 'working',
    approvals: questions(view.approvals),
    usable: true,
  }
}

function questions(approvals: readonly PendingApproval[]): Work['approvals'] {
  return approvals.map(({ request }) => ({ callId: request.callId, text: approvalLine(request) }))
}
