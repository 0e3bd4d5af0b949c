import { Fragment } from 'react'
import { counted } from '#shared/lib/counted.ts'
import type { BackgroundRun, RunPlan } from '#shared/run/background.ts'
import { canResume, isOver } from '#shared/run/run-words.ts'
import { resumeRun, stopRun } from '../stores/run-actions.ts'
import { LineCounts } from '../ui/line-counts.tsx'
import { Meter } from '../ui/meter.tsx'
import { RunGlyph, stateTone } from './run-glyph.tsx'
import { runLine, runTime } from './run-line.ts'

/** One run: what it is, how it stands, and what to do about it. The whole card opens it. */
export function RunCard(props: { run: BackgroundRun; now: number; current: boolean; onOpen: () => void }) {
  const { run } = props
  const { state, word, fact, mono, plan, changes, folder } = runLine(run)
  const title = run.title || run.prompt
  const parts = [
    { key: 'fact', part: fact && <span className={mono ? 'mono cut' : 'cut'}>{fact}</span> },
    { key: 'plan', part: plan && <PlanMeter plan={plan} /> },
    { key: 'changes', part: changes && <LineCounts added={changes.added} removed={changes.removed} /> },
    { key: 'folder', part: folder && <span className="cut run-folder">{folder}</span> },
  ].filter(({ part }) => part)
  return (
    <li className="run-card" aria-current={props.current ? 'true' : undefined} data-run={run.runId}>
      <span className="run-glyph">
        <RunGlyph state={state} />
      </span>
      <a
        className="run-title cut"
        href={`#${run.runId}`}
        title={title}
        onClick={(event) => {
          event.preventDefault()
          props.onOpen()
        }}
      >
        {title}
      </a>
      <span className="run-time xs ink3 nowrap">{runTime(run, props.now)}</span>
      <div className="run-line">
        <span className={`nowrap ${stateTone[state]}`}>{word}</span>
        {parts.map(({ key, part }) => (
          <Fragment key={key}>
            <span className="sep" aria-hidden="true">
              ·
            </span>
            {part}
          </Fragment>
        ))}
        {canResume(run) && (
          <button
            type="button"
            className="btn quiet sm run-resume"
            aria-label={`Resume: ${title}`}
            onClick={() => void resumeRun(run.runId)}
          >
            Resume
          </button>
        )}
      </div>
      <span className="run-acts">
        <button type="button" className="btn sm" aria-label={`Open: ${title}`} onClick={props.onOpen}>
          Open
        </button>
        {!isOver(run) && run.usable && (
          <button
            type="button"
            className="btn sm"
            aria-label={`Stop: ${title}`}
            onClick={() => void stopRun(run.runId)}
          >
            Stop
          </button>
        )}
      </span>
    </li>
  )
}

function PlanMeter({ plan: { done, total } }: { plan: RunPlan }) {
  return (
    <>
      <span className="nowrap">
        {done} of {total}
      </span>
      <Meter label="Plan" text={`${done} of ${counted(total, 'step')} done`} share={done / total} className="calm" />
    </>
  )
}
