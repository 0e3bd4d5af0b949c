import { Plus } from 'lucide-react'
import { useRef } from 'react'
import type { RunId } from '#shared/ids.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import { useNow } from '../lib/clock.ts'
import { clearFinished } from '../stores/run-actions.ts'
import { Icon } from '../ui/icon.tsx'
import { RunCard } from './run-card.tsx'
import { groupRuns, type RunGroup } from './run-line.ts'

const groups: readonly { group: RunGroup; label: string }[] = [
  { group: 'needs-you', label: 'Needs you' },
  { group: 'running', label: 'Running' },
  { group: 'finished', label: 'Finished' },
]

export function RunList(props: {
  runs: readonly BackgroundRun[]
  selected: RunId | null
  hiddenWhenNarrow: boolean
  onOpen: (runId: RunId) => void
  onNew: () => void
}) {
  const now = useNow(1000)
  const grouped = groupRuns(props.runs)
  const list = useRef<HTMLElement>(null)
  return (
    <section
      className="split-list"
      aria-label="Runs"
      data-narrow-off={props.hiddenWhenNarrow || undefined}
      ref={list}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          if (moveFocus(list.current, event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault()
        }
      }}
    >
      {props.runs.length === 0 && (
        <div className="runs-empty stack">
          <p className="ink2">Tasks that go on without the window are listed here, from the app and from terminals.</p>
          <button type="button" className="btn" onClick={props.onNew}>
            <Icon of={Plus} small />
            Give it a task
          </button>
        </div>
      )}
      {groups.map(({ group, label }) => {
        const runs = grouped[group]
        if (runs.length === 0) return null
        const id = `runs-${group}`
        return (
          <div key={group}>
            <div className="runs-group row">
              <h2 id={id} className={group === 'needs-you' ? 'c-waiting' : undefined}>
                {label}
              </h2>
              {group === 'finished' && (
                <button
                  type="button"
                  className="btn quiet sm end"
                  aria-label="Clear finished"
                  title="Takes them off this list. Their sessions stay in the sidebar."
                  onClick={() => void clearFinished()}
                >
                  Clear
                </button>
              )}
            </div>
            <ul aria-labelledby={id}>
              {runs.map((run) => (
                <RunCard
                  key={run.runId}
                  run={run}
                  now={now}
                  current={run.runId === props.selected}
                  onOpen={() => props.onOpen(run.runId)}
                />
              ))}
            </ul>
          </div>
        )
      })}
    </section>
  )
}

/** From the title that has the focus to the one above or below; false where it is none. */
function moveFocus(list: HTMLElement | null, step: 1 | -1): boolean {
  const titles = [...(list?.querySelectorAll<HTMLElement>('.run-title') ?? [])]
  const index = titles.findIndex((title) => title.matches(':focus'))
  if (index < 0) return false
  titles[index + step]?.focus()
  return true
}
