import { Fragment } from 'react'
import type { BackgroundRun } from '#shared/background.ts'
import { canResume, isOver } from '#shared/run-words.ts'
import { resumeRun, stopRun } from './run-actions.ts'
import { RunGlyph, stateTone } from './run-glyph.tsx'
import { runLine, runTime } from './run-line.ts'

/** One run: what it is, how it stands, and what to do about it. The whole card opens it. */
export function RunCard(props: { run: BackgroundRun; now: number; current: boolean; onOpen: () => void }) {
  const { run } = props
  const { state, word, fact, mono, folder } = runLine(run)
  const title = run.title || run.prompt
  const parts = [
    { key: 'fact', text: fact, className: mono ? 'mono cut' : 'cut' },
    { key: 'folder', text: folder, className: 'cut' },
  ].filter(({ text }) => text !== '')
  return (
    <li className="run" aria-current={props.current ? 'true' : undefined} data-run={run.runId}>
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
        {parts.map(({ key, text, className }) => (
          <Fragment key={key}>
            <span className="sep" aria-hidden="true">
              ·
            </span>
            <span className={className}>{text}</span>
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
