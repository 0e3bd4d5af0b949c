import type { Engine } from '../../engine/engine.ts'
import type { Handlers } from './router.ts'

/** Tests of backends. Their progress and their reports come by the feed. */
export function doctorHandlers({ doctor }: Engine): Pick<Handlers, 'profile.test' | 'profile.stopTest'> {
  return {
    'profile.test': async ({ profileId, allowLoad }) => {
      await doctor.test(profileId, { mayLoad: async () => allowLoad })
      return null
    },
    'profile.stopTest': ({ profileId }) => {
      doctor.stop(profileId)
      return null
    },
  }
}
