import type { DoctorChange, DoctorCheck } from '#shared/doctor/doctor.ts'
import type { JsonRecord } from '#shared/lib/json.ts'
import type { BackendKind, Profile } from '#shared/profile/profile.ts'
import type { Backend } from '../backend/contract/backend.ts'
import type { Spent } from './converse.ts'
import type { ServerProbe } from './server-probe.ts'

/** What the checks of one examination share; each adds what it found out. */
export interface Examination {
  profile: Profile
  key: string | null
  ca: string | undefined
  probe: ServerProbe
  signal: AbortSignal
  spent: Spent
  /** How long one answer may take, and how long a stopped one may go on, in milliseconds. */
  answerMs: number
  freeMs: number
  /** Asked before anything that would load the model. */
  mayLoad(model: string): Promise<boolean>
  /** Before every call; what it resolves with ends the call. Throws `FailureError` `aborted`. */
  slot(): Promise<() => void>
  /** Shows a check; the same one again replaces it. */
  put(check: DoctorCheck): void

  /** As the server tells it; the profile's own word until then. */
  kind: BackendKind
  /** The model to examine, as the server spells it. */
  model: string
  /** Its entry in the list of models. */
  entry: JsonRecord
  /** Talks to `model`, trying again once. */
  backend: Backend
  wantsLoad: boolean
  /** What is proven about the server and should stand in the profile. */
  proven: DoctorChange
}
