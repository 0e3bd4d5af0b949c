import type { BackgroundRun, RunChanges, RunPlan } from '#shared/run/background.ts'
import { approvalLine, isOver, type RunState, runState, stateWord, waitingFor } from '#shared/run/run-words.ts'
import { folderName, formatCount, formatTime, roughDuration } from '../lib/format.ts'
import { sentences } from '../transcript/turn-end.ts'

export type RunGroup = 'needs-you' | 'running' | 'finished'

export function groupOf(run: BackgroundRun): RunGroup {
  if (isOver(run)) return 'finished'
  return runState(run) === 'waiting' ? 'needs-you' : 'running'
}

/** Where the look of a run's list is decided: in this order, each as main sent them, and what is over by when it ended. */
export function groupRuns(runs: readonly BackgroundRun[]): Readonly<Record<RunGroup, readonly BackgroundRun[]>> {
  const of = (group: RunGroup) => runs.filter((run) => groupOf(run) === group)
  const finished = of('finished').toSorted((a, b) => (b.endedAt ?? b.startedAt) - (a.endedAt ?? a.startedAt))
  return { 'needs-you': of('needs-you'), running: of('running'), finished }
}

export interface RunLine {
  state: RunState
  /** "writing", "completed in 6 min". */
  word: string
  /** The one thing that matters; empty = none. */
  fact: string
  /** The fact is a command. */
  mono: boolean
  /** Of a run that is at work. */
  plan: RunPlan | null
  /** Of a run that is over. */
  changes: RunChanges | null
  folder: string
}

/** The second line of a run's card. */
export function runLine(run: BackgroundRun): RunLine {
  const state = runState(run)
  const line = (word: string, fact: string, more: Partial<RunLine> = {}): RunLine => ({
    state,
    word,
    fact,
    mono: false,
    plan: null,
    changes: null,
    folder: folderName(run.cwd),
    ...more,
  })
  const [question] = run.approvals
  switch (state) {
    case 'waiting':
      return question
        ? line('waiting for you', approvalLine(question.request), { mono: question.request.subject.kind === 'command' })
        : line('waiting for you', run.note || waitingFor(run))
    case 'running':
      return run.tokensPerSecond === null
        ? line(stateWord(run), run.phaseDetail, { mono: run.phase === 'running-tool', plan: run.plan })
        : line(stateWord(run), `${Math.round(run.tokensPerSecond)} tok/s`, { plan: run.plan })
    case 'starting':
      return line('starting', run.phaseDetail || run.model)
    case 'queued':
      return line('queued', run.queuedBefore === 0 ? 'next' : `${run.queuedBefore} before it`)
    case 'paused':
      return line('paused', 'goes on when you let it')
    case 'completed':
      // It went on elsewhere: that is no end of the work.
      if (run.note !== '') return line(run.note, '', { changes: run.changes })
      return line(`completed in ${spent(run)}`, run.changes ? '' : usedTokens(run), { changes: run.changes })
    case 'budget':
    case 'end-chosen':
      return line('stopped at its limit', firstSentence(run.note))
    case 'killed':
      return line(run.note || 'stopped by you', '', { changes: run.changes })
    case 'interrupted':
      return line('interrupted', 'can go on')
    case 'failed':
      return line('failed', firstSentence(run.note))
  }
}

/** What to do about it stands in the opened run. */
function firstSentence(note: string): string {
  return sentences(note)[0].replace(/\.$/, '')
}

function spent({ startedAt, endedAt }: BackgroundRun): string {
  return roughDuration((endedAt ?? startedAt) - startedAt)
}

function usedTokens({ usage }: BackgroundRun): string {
  if (usage.inputTokens === null && usage.outputTokens === null) return ''
  return `${formatCount((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0))} tokens`
}

/** The time at the right of a card: how long the run has waited or run, or when it ended. */
export function runTime(run: BackgroundRun, now: number): string {
  if (run.endedAt !== null) return shortTime(run.endedAt, now)
  return roughDuration(now - (run.approvals[0]?.since ?? run.startedAt))
}

/** The time of today, the day of earlier. */
function shortTime(at: number, now: number): string {
  const [day, ...rest] = formatTime(at, now).split(' ')
  return rest.length === 2 ? `${day} ${rest[0]}` : (day ?? '')
}

/** "a terminal" started it "in a terminal". */
export function startedWords(run: BackgroundRun, now: number): string {
  const where = run.origin === '' ? '' : ` in ${run.origin}`
  return `started ${formatTime(run.startedAt, now)}${where}`
}
