import { isDeepStrictEqual } from 'node:util'
import type { Profile } from '#shared/profile/profile.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Desktop } from './app-handlers.ts'
import type { Handlers } from './router.ts'

type ProfileRequest = Exclude<
  Extract<keyof Handlers, `profile.${string}` | `discovery.${string}`>,
  'profile.test' | 'profile.stopTest'
>

/** What the window does with backends. Their statuses come by the feed. */
export function profileHandlers(
  { profiles, doctor }: Engine,
  desktop: Desktop,
  onDefect: (error: unknown) => void,
): Pick<Handlers, ProfileRequest> {
  return {
    'profile.save': async ({ profile, key, storage }) => {
      const before = profiles.get(profile.id)
      const saved = await profiles.save(profile, {
        ...(key !== undefined && { key }),
        ...(storage !== undefined && { storage }),
      })
      if (before && (key !== undefined || !isDeepStrictEqual(asAsked(before), asAsked(saved)))) doctor.forget(saved.id)
      profiles.check(saved.id).catch(onDefect)
      return { profile: saved }
    },
    'profile.remove': async ({ profileId }) => {
      await profiles.remove(profileId)
      return null
    },
    'profile.use': async ({ profileId }) => {
      await profiles.use(profileId)
      return null
    },
    'profile.check': async ({ profileId }) => {
      await profiles.check(profileId)
      return null
    },
    'profile.probe': ({ baseUrl, key, profileId }) =>
      profiles.probe({ baseUrl, ...(key !== undefined && { key }), ...(profileId !== undefined && { profileId }) }),
    'profile.export': async () => {
      const path = await desktop.chooseTarget('Export backends', 'claw-backends.json')
      if (path === null) return { count: null, left: [] }
      const { count, left } = await profiles.exportTo(path)
      return { count, left }
    },
    'profile.import': async () => {
      const path = await desktop.chooseFile('Import backends')
      return { found: path === null ? null : await profiles.readFrom(path) }
    },
    'profile.add': async ({ profiles: added }) => {
      await profiles.add(added)
      return null
    },
    'discovery.look': async () => {
      await profiles.discover()
      return null
    },
  }
}

/** What of a profile its server gets to see: neither its name nor what verifies the work. */
function asAsked({ name: _name, verify: _verify, ...asked }: Profile): Omit<Profile, 'name' | 'verify'> {
  return asked
}
