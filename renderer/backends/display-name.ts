import type { Profile } from '#shared/profile/profile.ts'

/** The demo's own name says "demo, no model" too, which stands beside it already. */
export function displayName(profile: Pick<Profile, 'kind' | 'name'>): string {
  return profile.kind === 'demo' ? 'Demo backend' : profile.name
}
