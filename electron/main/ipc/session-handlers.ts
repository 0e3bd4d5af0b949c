import { FailureError } from '#shared/failure.ts'
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
    'session.send': async ({ sessionId, text }) => {
      const begin = () =>
        holds.with(sessionId, async (session) => {
          const { end } = await session.begin(text)
          end.catch(onDefect)
          return null
        })
      try {
        return await begin()
      } catch (error) {
        // The background run that had it open ended in that very instant: now it is opened here.
        if (error instanceof FailureError && error.failure.code === 'transport') return begin()
        throw error
      }
    },
    'session.stop': ({ sessionId }) =>
      holds.with(sessionId, async (session) => {
        await session.stop()
        return null
      }),
    'session.answer': ({ sessionId, callId, answer }) =>
      holds.with(sessionId, async (session) => {
        await session.answer(callId, answer)
        return null
      }),
    'session.answerBudget': ({ sessionId, answer }) =>
      holds.with(sessionId, async (session) => {
        await session.answerBudget(answer)
        return null
      }),
    'session.setProfile': ({ sessionId, profileId }) =>
      holds.with(sessionId, async (session) => {
        await session.setProfile(profileId)
        return null
      }),
    'session.setPermissions': ({ sessionId, permissions }) =>
      holds.with(sessionId, async (session) => {
        await session.setPermissions(permissions)
        return null
      }),
    'session.rename': ({ sessionId, title }) =>
      holds.with(sessionId, async (session) => {
        await session.rename(title)
        return null
      }),
    'session.remove': async ({ sessionId }) => {
      await holds.remove(sessionId)
      await remembered.forget(sessionId)
      return null
    },
  }
}
