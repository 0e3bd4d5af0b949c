import type { RunLink } from '#shared/limits/run-link.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import type { Workspace } from '../tools/contract/workspace.ts'
import type { SessionState } from './session-state.ts'
import type { Hosting, NewSession } from './sessions.ts'

/** How a session begins its life in this process: new, or folded from a journal. */
export interface SessionStart {
  state: SessionState
  workspace: Workspace
  canAnswer: boolean
  isWatched(): boolean
  parentRun?: RunLink
  overrides?: ProfileOverrides
}

/** How a session in this state begins its life in a process. */
export function startFrom(
  state: SessionState,
  workspace: Workspace,
  options: Pick<NewSession, 'canAnswer' | 'overrides' | keyof Hosting>,
): SessionStart {
  return {
    state,
    workspace,
    canAnswer: options.canAnswer,
    isWatched: options.isWatched ?? (() => options.canAnswer),
    ...(options.parentRun && { parentRun: options.parentRun }),
    ...(options.overrides && { overrides: options.overrides }),
  }
}
