import type { DoctorState } from '../doctor/doctor.ts'
import type { Failure } from '../failure.ts'
import type { SessionId } from '../ids.ts'
import type { FoundServer, ModelInfo, Profile } from '../profile/profile.ts'
import type { BackgroundRun } from '../run/background.ts'
import type { SessionState } from '../session/session-state.ts'
import type { Settings } from '../settings/settings.ts'
import type { SpendingState } from '../spending/spending.ts'

/** What the window knows beside its open session; main owns it, the feed keeps it current. */
export interface AppState {
  settings: Settings
  /** Saved ones in order, before them `environment` if OPENAI_* is set, after them `demo`. */
  backends: readonly BackendStatus[]
  /** The profile that a new chat gets; null = nothing is configured and nothing was chosen: first run. */
  activeProfileId: string | null
  discovery: Discovery
  /** By the id of the profile; only those that were or are being tested. */
  doctor: Readonly<Record<string, DoctorState>>
  /** Newest first. */
  sessions: readonly SessionSummary[]
  /** Background runs of window and terminals, newest first. */
  runs: readonly BackgroundRun[]
  /** *Pause all*: background runs hold before their next model call. */
  runsPaused: boolean
  /** Today and this month; `session` and `run` limits are only listed. */
  spending: SpendingState
  environment: Environment
  /** What a person must know about the app itself, such as a settings file that was set aside. */
  notices: readonly AppNotice[]
}

export interface BackendStatus {
  profile: Profile
  origin: 'environment' | 'saved' | 'built-in'
  /** `unknown` until somebody asked; it is asked when a window opens and when a profile changes. */
  reach: 'unknown' | 'checking' | 'ready' | 'failed'
  failure: Failure | null
  models: readonly ModelInfo[]
  /** Milliseconds since 1970, null = never. */
  checkedAt: number | null
}

export interface Discovery {
  state: 'idle' | 'looking' | 'done'
  servers: readonly FoundServer[]
}

export interface SessionSummary {
  sessionId: SessionId
  title: string
  cwd: string
  state: SessionState
  /** What a person is asked about, where they are: "npm test", "change a.md". */
  asks?: string
  /** The second line of a row: "needs you: npm test", "key refused"; empty = none. */
  note: string
  profileName: string
  demo: boolean
  /** It answered one prompt of a terminal, and nobody went on with it. */
  oneTime?: boolean
  updatedAt: number
}

export interface Environment {
  appVersion: string
  electronVersion: string
  nodeVersion: string
  platform: string
  /** `registry` = the older Electron out of a third party's registry package (DECISIONS.md). */
  electronSource: 'official' | 'registry' | 'override'
  dataFolder: string
  homeFolder: string
  /** From `--cwd` or CLAW_CWD; a new chat works there. */
  startFolder: string | null
  keychain: boolean
  /** The desktop shows icons of apps; null = that is not known yet. */
  tray: boolean | null
  /** The name of the sandbox that shell commands run in, null = none on this machine. */
  sandbox: string | null
}

export interface AppNotice {
  id: string
  title: string
  message: string
}
