import type { Failure, FailureCode } from '../failure.ts'
import type { Profile } from './profile.ts'

/** Failures of a backend that another one does not have. */
const ofTheBackend: ReadonlySet<FailureCode> = new Set(['unreachable', 'overloaded', 'auth', 'credits'])

/** The profile that a person named to stand in for the one that failed so; it is offered, never taken by itself. */
export function standInFor(
  failure: Failure | null,
  failed: Pick<Profile, 'fallbackProfileId'> | undefined,
  profiles: readonly Profile[],
): Profile | null {
  if (!failure || !ofTheBackend.has(failure.code) || !failed?.fallbackProfileId) return null
  return profiles.find(({ id }) => id === failed.fallbackProfileId) ?? null
}
