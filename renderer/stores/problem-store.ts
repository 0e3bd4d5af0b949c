import { create } from 'zustand'
import type { Failure } from '#shared/failure.ts'

/** Something the person asked for that did not happen. Shown where they asked, until they close it or try again. */
export interface Problem {
  /** The part of the window that shows it: a session's id, or the name of a page. */
  area: string
  failure: Failure
}

export const useProblemStore = create<{ problems: readonly Problem[] }>()(() => ({ problems: [] }))

/** Shows a problem in a part of the window, in the place of an older one. */
export function reportProblem(area: string, failure: Failure): void {
  useProblemStore.setState(({ problems }) => ({
    problems: [...problems.filter((problem) => problem.area !== area), { area, failure }],
  }))
}

export function clearProblem(area: string): void {
  useProblemStore.setState(({ problems }) => ({ problems: problems.filter((problem) => problem.area !== area) }))
}
