import type { ApprovalRequest } from '../approval/approval.ts'
import { ExitCode } from '../session/exit-code.ts'
import { wordsOfPhase } from '../session/phase-words.ts'
import type { BackgroundRun } from './background.ts'
import { endedStatuses } from './ended-statuses.ts'

/** What a run's glyph shows: finer than its status: a limit is no failure, one that a person let end it is not even news, and a queue is no work. */
export type RunState =
  | 'waiting'
  | 'running'
  | 'starting'
  | 'queued'
  | 'paused'
  | 'completed'
  | 'budget'
  | 'end-chosen'
  | 'failed'
  | 'killed'
  | 'interrupted'

export function runState(run: BackgroundRun): RunState {
  if (run.status === 'waiting-approval') return 'waiting'
  if (run.status === 'failed' || run.status === 'completed')
    return run.exitCode !== ExitCode.budget ? run.status : run.endChosen ? 'end-chosen' : 'budget'
  if (run.status !== 'running') return run.status
  if (run.phase === 'paused') return 'paused'
  return run.queuedBefore === null ? 'running' : 'queued'
}

export function isOver(run: Pick<BackgroundRun, 'status'>): boolean {
  return endedStatuses.has(run.status)
}

/** Whether a run can go on where it stopped. */
export function canResume(run: BackgroundRun): boolean {
  return run.usable && isOver(run) && run.status !== 'completed'
}

export interface RunCounts {
  running: number
  waiting: number
  queued: number
  paused: number
}

export function countRuns(runs: readonly BackgroundRun[]): RunCounts {
  const counts: RunCounts = { running: 0, waiting: 0, queued: 0, paused: 0 }
  for (const run of runs) {
    const state = runState(run)
    if (state === 'running' || state === 'starting') counts.running++
    else if (state === 'waiting' || state === 'queued' || state === 'paused') counts[state]++
  }
  return counts
}

/** "3 running, 1 waits for you, 1 queued"; empty where nothing goes on. */
export function countWords({ running, waiting, queued, paused }: RunCounts): string {
  return [
    running > 0 && `${running} running`,
    waiting > 0 && `${waiting} ${waiting === 1 ? 'waits' : 'wait'} for you`,
    queued > 0 && `${queued} queued`,
    paused > 0 && `${paused} paused`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** The state of a run in a few words, without its details: "writing", "queued", "stopped at its limit". */
export function stateWord(run: BackgroundRun): string {
  const state = runState(run)
  switch (state) {
    case 'waiting':
      return 'waiting for you'
    case 'running':
      return run.phase === null ? 'running' : wordsOfPhase(run.phase)
    case 'budget':
    case 'end-chosen':
      return 'stopped at its limit'
    default:
      return state
  }
}

/** What is asked for, in one line: the command's first line, or the file that is changed. */
export function approvalLine({ subject }: ApprovalRequest): string {
  if (subject.kind === 'change') return `${subject.diff.created ? 'create' : 'change'} ${subject.diff.path}`
  const [first = '', ...more] = subject.command.trim().split('\n')
  return more.length > 0 ? `${first} …` : first
}

/** What a waiting run waits for, in one line: an answer to a question, or to what becomes of it at a limit. */
export function waitingFor({ approvals: [first], usable }: Pick<BackgroundRun, 'approvals' | 'usable'>): string {
  if (first) return approvalLine(first.request)
  // What a run of another version asks is not known here.
  return usable ? 'a limit is reached' : 'an answer'
}

/** The last part of a folder's path: "parcel-api". */
export function folderName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path
}
