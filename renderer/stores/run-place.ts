import { create } from 'zustand'
import type { RunId } from '#shared/ids.ts'

/** What the right side of the page shows. In a narrow window list and right side are two steps. */
export type RunPlace = { step: 'list' } | { step: 'run'; runId: RunId; logs: boolean } | { step: 'new' }

/** Outside of the page: it is kept while a person looks elsewhere, and the tray goes to a run. */
export const useRunPlace = create<{ place: RunPlace; visits: number }>()(() => ({ place: { step: 'list' }, visits: 0 }))

/** Counted, because a person may open what is shown already: then the focus goes there all the same. */
export function goToRun(runId: RunId): void {
  useRunPlace.setState(({ visits }) => ({ place: { step: 'run', runId, logs: false }, visits: visits + 1 }))
}

/** Goes back to the list of runs in a narrow window; the focus goes to the run that it came from. */
export function backToList(runId: RunId): void {
  setRunPlace({ step: 'list' })
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-run="${runId}"] .run-title`)?.focus())
}

export function setRunPlace(place: RunPlace): void {
  useRunPlace.setState({ place })
}
