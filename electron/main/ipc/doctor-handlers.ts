import type { Engine } from '../../engine/engine.ts'
import type { Handlers } from './router.ts'

/** Tests of backends. Their progress and their reports come by the feed. */
export function doctorHandlers({ doctor, profiles }: Engine): Pick<Handlers, 'profile.test' | 'profile.stopTest'> {
  return {
    'profile.test': async ({ profileId, allowLoad }) => {
      // Its models and its reach are read anew beside it: both are shown around the report.
      await Promise.all([doctor.test(profileId, { mayLoad: async () => allowLoad }), profiles.check(profileId)])
      return null
    },
    'profile.stopTest': ({ profileId }) => {
      doctor.stop(profileId)
      return null
    },
  }
}
