import { FailureError } from '#shared/failure.ts'
import { sessionRequestHandlers } from '#shared/feed/session-requests.ts'
import type { SessionId } from '#shared/ids.ts'
import { type SessionVerb, sessionVerbs } from '#shared/session/session-verbs.ts'
import type { Engine, WindowFeed } from '../../engine/engine.ts'
import type { Handlers } from './router.ts'

const RECENT_FOLDERS = 20

type SessionRequest = Extract<keyof Handlers, `session.${string}`>

/** What the window does with sessions. The results come by the feed. */
export function sessionHandlers(
  { sessions, settings, remembered }: Engine,
  { holds }: WindowFeed,
  onDefect: (error: unknown) => void,
): Pick<Handlers, SessionRequest> {
  const ask = (name: SessionVerb, { sessionId, ...input }: { sessionId: SessionId }) =>
    holds.with(sessionId, async (session) => {
      const begun = await session.request(name, sessionVerbs[name].input.parse(input))
      // The turn runs on without whoever asked.
      begun?.end.catch(onDefect)
      return null
    })
  return {
    'session.create': async ({ cwd, profileId, permissions }) => {
      const session = await sessions.create({ cwd, profileId, permissions, canAnswer: true })
      const folder = session.view().cwd
      await settings.update((current) => ({
        ...current,
        lastFolder: folder,
        recentFolders: [folder, ...current.recentFolders.filter((other) => other !== folder)].slice(0, RECENT_FOLDERS),
      }))
      return { sessionId: session.id }
    },
    ...sessionRequestHandlers(sessionVerbs, async (name, request) => {
      try {
        return await ask(name, request)
      } catch (error) {
        // The background run that had it open ended in that very instant: a turn can begin here.
        const hasLeft = error instanceof FailureError && error.failure.code === 'transport'
        if (hasLeft && sessionVerbs[name].begins) return await ask(name, request)
        throw error
      }
    }),
    'session.setFolder': async ({ sessionId, folder }) => {
      await sessions.setFolder(sessionId, folder)
      return null
    },
    'session.remove': async ({ sessionId }) => {
      await holds.remove(sessionId)
      await remembered.forget(sessionId)
      return null
    },
  }
}
