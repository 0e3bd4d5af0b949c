import type { Failure } from '#shared/failure.ts'
import type { ProfileId } from '#shared/ids.ts'
import type { LimitSource } from '#shared/limits/budget.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ProfileOverrides } from '#shared/profile/profile-overrides.ts'
import type { Backend } from '../backend/contract/backend.ts'
import type { Ledger } from '../budget/ledger.ts'
import type { Instructions } from '../instructions/instructions.ts'
import type { Clock } from '../lib/clock.ts'
import type { Unsubscribe } from '../lib/unsubscribe.ts'
import type { Policy } from '../policy/policy.ts'
import type { LearnedWindow } from '../profiles/known-windows.ts'
import type { Slots } from '../slots/slots.ts'
import type { Tool } from '../tools/contract/tool.ts'
import type { Workspace } from '../tools/contract/workspace.ts'
import type { Blobs } from './blobs.ts'
import type { Sessions } from './sessions.ts'

/** What every session of an engine shares. */
export interface SessionServices {
  /** `FailureError` `not-found`, `auth`. */
  backendFor(
    profileId: ProfileId,
    overrides?: ProfileOverrides,
    /** Whether the server is asked for its prices where nobody knows them. */
    needsPrice?: boolean,
  ): Promise<{ backend: Backend; profile: Profile; listedWindow?: number }>
  /** A call of a model was answered (null), or why not. */
  noteReach(profileId: ProfileId, failure: Failure | null): void
  /** What a turn found out about the window of a model. */
  learnWindow(profile: Profile, window: LearnedWindow): void
  slots: Pick<Slots, 'holder'>
  /** Nobody sits in front of it: an approval that nobody gives ends the turn, after a time that the profile says. */
  background: boolean
  tools: readonly Tool[]
  ledger: Ledger
  /** What the manifests of a folder say now. `FailureError` `invalid-input`: one of them is broken. */
  policyFor(workspace: Workspace): Promise<Policy>
  /** The files that say how to work in a folder; missing = nobody looks for them. */
  instructions?: Pick<Instructions, 'ofTurn'>
  /** Of the settings. */
  limitSources(): readonly LimitSource[]
  /** Whenever they may have changed, by this process or another. */
  onLimitsChange(listener: () => void): Unsubscribe
  clock: Clock
  platform: string
}

/** The same, with where the tools of a session begin other sessions and where its images are. */
export interface OpenSessionServices extends SessionServices {
  sessions: Pick<Sessions, 'create' | 'release'>
  /** Where the bytes of images are. */
  blobs: Blobs
}
