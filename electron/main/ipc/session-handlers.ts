import { FailureError } from '#shared/failure.ts'
import type { SessionId } from '#shared/ids.ts'
import type { Engine, Session, WindowFeed } from '../../engine/engine.ts'
import type { Handlers } from './router.ts'

const RECENT_FOLDERS = 20

type SessionRequest = Extract<keyof Handlers, `session.${string}`>

/** What the window does with sessions. The results come by the feed. */
export function sessionHandlers(
  { sessions, settings, remembered }: Engine,
  { holds }: WindowFeed,
  onDefect: (error: unknown) => void,
): Pick<Handlers, SessionRequest> {
  /** Begins a turn, and lets it run. */
  const begun = async (sessionId: SessionId, begin: (session: Session) => Promise<{ end: Promise<unknown> }>) => {
    const once = () =>
      holds.with(sessionId, async (session) => {
        const { end } = await begin(session)
        end.catch(onDefect)
        return null
      })
    try {
      return await once()
    } catch (error) {
      // The background run that had it open ended in that very instant: now it is opened here.
      if (error instanceof FailureError && error.failure.code === 'transport') return once()
      throw error
    }
  }
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
    'session.send': ({ sessionId, text, before }) =>
      begun(sessionId, (session) => session.begin(text, {}, before && { before })),
    'session.resume': ({ sessionId }) => begun(sessionId, (session) => session.resume()),
    'session.sendQueued': ({ sessionId }) => begun(sessionId, (session) => session.sendQueued()),
    'session.takeBack': ({ sessionId, messageId }) =>
      holds.with(sessionId, async (session) => {
        await session.takeBack(messageId)
        return null
      }),
    'session.stop': ({ sessionId, turnId }) =>
      holds.with(sessionId, async (session) => {
        await session.stop(turnId)
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
