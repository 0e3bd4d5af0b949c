import type { ListedRun, RunEnding } from '#shared/run/background.ts'
import { waitingFor } from '#shared/run/run-words.ts'
import { ExitCode } from '#shared/session/exit-code.ts'
import type { Phase } from '#shared/session/session-event.ts'
import type { Output, Style } from './output.ts'
import { phaseText } from './phase-line.ts'
import { type Cell, type Column, tableLines } from './table.ts'
import { textWidth } from './width.ts'
import { ageWords, shortFolder, tokenWords } from './words.ts'

const LONG_PHASES: readonly Phase[] = ['connecting', 'loading-model', 'reading-prompt', 'running-tool', 'retrying']

/** The longest word for a state, whose details may be cut: `Waiting for the model`. */
const STATE_WIDTH = Math.max(
  ...['interrupted', 'waits for you', 'running elsewhere'].map(textWidth),
  ...LONG_PHASES.map((phase) => textWidth(phaseText({ phase, detail: '' }))),
)

const columns: readonly Column[] = [
  { heading: 'state', least: STATE_WIDTH, most: 40, whole: true },
  { heading: 'title', least: 30 },
  { heading: 'age', drop: 1, right: true },
  { heading: 'folder', drop: 2, least: 12, most: 40, cut: 'start' },
  { heading: 'model', drop: 4, least: 10 },
  { heading: 'used', drop: 3, right: true },
  { heading: 'run' },
]

/** One row a run: first what a person looks for, at the end the id that commands want. In a terminal a sign stands before. */
export function runTable(output: Output, runs: readonly ListedRun[], now: number): string[] {
  const rows = runs.map((run): Cell[] => {
    const [sign, style] = signOf(run)
    const cells: Cell[] = [
      { text: stateWords(run), style },
      run.title,
      ageWords(Math.max(0, now - run.startedAt)),
      shortFolder(run.cwd),
      run.model,
      tokenWords(run.usage),
      { text: run.runId, style: 'dim' },
    ]
    return output.terminal ? [{ text: output.redraws ? sign : (ascii[sign] ?? sign), style }, ...cells] : cells
  })
  return tableLines(output, output.terminal ? [{ heading: '' }, ...columns] : columns, rows)
}

/** For a terminal that may have no other characters. */
const ascii: Readonly<Record<string, string>> = { '●': '*', '○': 'o', '✓': '+', '✗': 'x', '–': '-' }

function signOf({ status, queuedBefore, phase }: ListedRun): [string, Style] {
  if (status === 'waiting-approval') return ['?', 'yellow']
  if (status === 'completed') return ['✓', 'green']
  if (status === 'failed') return ['✗', 'red']
  if (status === 'killed' || status === 'interrupted') return ['–', 'yellow']
  return queuedBefore !== null || phase === 'paused' || status === 'starting' ? ['○', 'dim'] : ['●', 'cyan']
}

/** The state, and what is behind it. */
export function stateWords(run: ListedRun): string {
  const { status, queuedBefore } = run
  if (status === 'running') {
    if (queuedBefore !== null) return `queued (${queuedBefore} before)`
    const phase = run.phase && phaseText({ phase: run.phase as Phase, detail: run.phaseDetail })
    const doing = phase || (run.usable ? 'running' : 'running elsewhere')
    return [doing, run.plan && `${run.plan.done} of ${run.plan.total} done`, speedWords(run)].filter(Boolean).join(', ')
  }
  if (status === 'waiting-approval') return `waits for you: ${waitingFor(run)}`
  return endedWords(run)
}

/** How a run that is over ended, in a few words. */
export function endedWords(
  run: Pick<ListedRun, 'status' | 'note' | 'exitCode' | 'ending'> & Partial<Pick<ListedRun, 'verify'>>,
): string {
  const { status, note, exitCode, verify } = run
  if (note === '') return status === 'completed' && verify?.ok ? 'completed, verified' : status
  // A limit that was kept is no fault.
  if (exitCode === ExitCode.budget) return `stopped: ${note}`
  return saysItsState(run) ? note : `${status}: ${note}`
}

/** Of these, the note says the state itself: "killed by the window", "interrupted, can go on", "went on in the window". */
const WHOLE_NOTES: readonly RunEnding[] = ['completed', 'killed', 'moved', 'unread', 'interrupted']

function saysItsState({ status, note, ending }: Pick<ListedRun, 'status' | 'note' | 'ending'>): boolean {
  if (ending) return WHOLE_NOTES.some((whole) => whole === ending)
  // Entries of older builds have the words alone.
  return status === 'completed' || status === 'interrupted' || note.startsWith(status)
}

function speedWords({ tokensPerSecond }: ListedRun): string {
  return tokensPerSecond === null ? '' : `${Math.round(tokensPerSecond)} tokens/s`
}
