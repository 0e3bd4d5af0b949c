import type { BackgroundRun } from '#shared/background.ts'
import type { Phase } from '#shared/session-event.ts'
import { phaseWords } from './phase-line.ts'
import { ageWords, shortFolder, tokenWords } from './words.ts'

/** What a list shows of a run. */
export type ListedRun = Pick<
  BackgroundRun,
  | 'runId'
  | 'startedAt'
  | 'model'
  | 'usage'
  | 'cwd'
  | 'title'
  | 'status'
  | 'note'
  | 'approvals'
  | 'queuedBefore'
  | 'phase'
  | 'phaseDetail'
  | 'tokensPerSecond'
  | 'plan'
  | 'usable'
>

export const runHeadings = ['run', 'age', 'state', 'model', 'used', 'folder', 'title'] as const

/** One row a run: id, age, state, model, used, folder, title. */
export function runRows(runs: readonly ListedRun[], now: number): string[][] {
  return runs.map((run) => [
    run.runId,
    ageWords(Math.max(0, now - run.startedAt)),
    stateWords(run),
    run.model,
    tokenWords(run.usage),
    shortFolder(run.cwd),
    run.title,
  ])
}

/** The state, and what is behind it. */
export function stateWords(run: ListedRun): string {
  const { status, note, approvals, queuedBefore } = run
  if (status === 'running') {
    if (queuedBefore !== null) return `queued (${queuedBefore} before)`
    const phase = run.phase && phaseWords({ phase: run.phase as Phase, detail: run.phaseDetail })
    const doing = phase || (run.usable ? 'running' : 'running elsewhere')
    return [doing, run.plan && `${run.plan.done} of ${run.plan.total} done`, speedWords(run)].filter(Boolean).join(', ')
  }
  if (status === 'waiting-approval') {
    const subject = approvals[0]?.request.subject
    if (!subject) return 'waits for you'
    return `waits for you: ${subject.kind === 'command' ? subject.command : `edit ${subject.diff.path}`}`
  }
  if (status === 'completed' || note === '') return note || status
  return status === 'interrupted' || note.startsWith(status) ? note : `${status}: ${note}`
}

function speedWords({ tokensPerSecond }: ListedRun): string {
  return tokensPerSecond === null ? '' : `${Math.round(tokensPerSecond)} tokens/s`
}
