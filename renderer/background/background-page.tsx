import { CirclePause, CirclePlay, Plus } from 'lucide-react'
import { useState } from 'react'
import type { RunId } from '#shared/ids.ts'
import { countRuns, countWords, isOver } from '#shared/run/run-words.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Icon } from '../ui/icon.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import './background.css'
import { pauseAll } from '../stores/run-actions.ts'
import { goToRun, setRunPlace, useRunPlace } from '../stores/run-place.ts'
import { NewTask } from './new-task.tsx'
import { RunDetails } from './run-details.tsx'
import { groupRuns } from './run-line.ts'
import { RunList } from './run-list.tsx'

/** The runs of window and terminals: a list, and the one that is opened. */
export default function BackgroundPage() {
  const runs = useAppStore((state) => state.runs)
  const paused = useAppStore((state) => state.runsPaused)
  const place = useRunPlace((state) => state.place)
  const grouped = groupRuns(runs)
  const first = grouped['needs-you'][0] ?? grouped.running[0] ?? grouped.finished[0]
  const chosen = place.step === 'run' ? runs.find(({ runId }) => runId === place.runId) : undefined
  const [shownId, setShownId] = useState<RunId | null>(null)
  // Where nobody chose, the first one is shown, and stays: whoever reads or writes there is not moved when the order changes.
  const shown = chosen ?? runs.find(({ runId }) => runId === shownId) ?? first ?? null
  if (shown && shown.runId !== shownId) setShownId(shown.runId)
  const selected = place.step === 'new' ? null : shown
  const listIsStep = place.step === 'list' || (place.step === 'run' && !chosen)
  const going = runs.some((run) => !isOver(run))
  return (
    <>
      <header className="bar split-bar">
        <PageTitle>Background</PageTitle>
        <span className="ink3 cut hide-s" role="status">
          {[paused && 'paused', countWords(countRuns(runs))].filter(Boolean).join(': ') || 'nothing runs'}
        </span>
        <span className="end row">
          {(going || paused) && (
            <button type="button" className="btn quiet" onClick={() => void pauseAll(!paused)}>
              <Icon of={paused ? CirclePlay : CirclePause} small />
              {paused ? 'Go on with all' : 'Pause all'}
            </button>
          )}
          <button type="button" className="btn primary" onClick={() => setRunPlace({ step: 'new' })}>
            <Icon of={Plus} />
            New task
          </button>
        </span>
      </header>
      <div className="split runs-split">
        <RunList
          runs={runs}
          selected={selected?.runId ?? null}
          hiddenWhenNarrow={!listIsStep}
          onOpen={goToRun}
          onNew={() => setRunPlace({ step: 'new' })}
        />
        <section
          className="split-detail runs-detail"
          aria-label={place.step === 'new' ? 'New task' : selected ? selected.title || selected.prompt : 'No run'}
          data-narrow-off={listIsStep || undefined}
        >
          <div className="split-inner runs-inner">
            {place.step === 'new' ? (
              <NewTask onBack={() => setRunPlace({ step: 'list' })} />
            ) : (
              selected && <RunDetails key={selected.runId} run={selected} logs={place.step === 'run' && place.logs} />
            )}
          </div>
        </section>
      </div>
    </>
  )
}
