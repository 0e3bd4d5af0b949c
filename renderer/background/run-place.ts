import { create } from 'zustand'
import type { RunId } from '#shared/ids.ts'

/** What the right side of the page shows. In a narrow window list and right side are two steps. */
export type RunPlace = { step: 'list' } | { step: 'run'; runId: RunId; logs: boolean } | { step: 'new' }

/** Outside of the page: it is kept while a person looks elsewhere, and the tray goes to a run. */
export const useRunPlace = create<{ place: RunPlace }>()(() => ({ place: { step: 'list' } }))

export function goToRun(runId: RunId): void {
  useRunPlace.setState({ place: { step: 'run', runId, logs: false } })
}

export function setRunPlace(place: RunPlace): void {
  useRunPlace.setState({ place })
}
