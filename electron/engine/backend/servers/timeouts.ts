import { localKinds } from '#shared/profile/presets.ts'
import type { Profile } from '#shared/profile/profile.ts'

export interface Timeouts {
  connectMs: number
  /** Until the first piece of an answer: loading the model and reading the prompt count. */
  firstByteMs: number
  /** Between two pieces; comments are none. */
  idleMs: number
  /** For a request with all its attempts; undefined = as long as it takes. */
  wholeMs: number | undefined
}

const MINUTE = 60_000

/** A server of one's own may load a model and read a long prompt for minutes; a hosted one has no reason to. */
export function timeoutsOf({ kind, timeouts }: Pick<Profile, 'kind' | 'timeouts'>, localHost: boolean): Timeouts {
  const local = localHost || localKinds.has(kind)
  return {
    connectMs: timeouts?.connectMs ?? 10_000,
    firstByteMs: timeouts?.firstByteMs ?? (local ? 10 * MINUTE : 2 * MINUTE),
    idleMs: timeouts?.idleMs ?? (local ? 5 * MINUTE : 2 * MINUTE),
    wholeMs: timeouts?.wholeMs,
  }
}
