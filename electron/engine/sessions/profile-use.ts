import type { Profile } from '#shared/profile/profile.ts'
import type { ProfileUse } from '#shared/session/session-entry.ts'

/** What a journal keeps of the profile that answers from now on. */
export function profileUse(profile: Profile): ProfileUse {
  return { profileId: profile.id, profileName: profile.name, kind: profile.kind, model: profile.model }
}
