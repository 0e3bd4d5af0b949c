import { create } from 'zustand'
import type { Failure } from '#shared/failure.ts'

/** Something the person asked for that did not happen. Shown where they asked, until they close it or try again. */
export interface Problem {
  /** Where it belongs: a session's id, or the name of a page. */
  place: string
  failure: Failure
}

export const useProblemStore = create<{ problems: readonly Problem[] }>()(() => ({ problems: [] }))

/** One problem a place: a newer one replaces it. */
export function reportProblem(place: string, failure: Failure): void {
  useProblemStore.setState(({ problems }) => ({
    problems: [...problems.filter((problem) => problem.place !== place), { place, failure }],
  }))
}

export function clearProblem(place: string): void {
  useProblemStore.setState(({ problems }) => ({ problems: problems.filter((problem) => problem.place !== place) }))
}
