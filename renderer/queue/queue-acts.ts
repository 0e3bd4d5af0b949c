import type { SessionId } from '#shared/ids.ts'
import type { QueuedMessage } from '#shared/session/session-view.ts'
import { takeBackMessage } from '../stores/actions.ts'
import {
  isDraftEmpty,
  keepBehind,
  keepTakenBack,
  prependDraft,
  setDraft,
  useDraftStore,
} from '../stores/draft-store.ts'
import { useSessionStore } from '../stores/session-store.ts'

/** Brings a message that waits back to where it was written; sent again, it has its old place. False = it was read meanwhile. */
export async function changeQueued(sessionId: SessionId, { messageId, text }: QueuedMessage): Promise<boolean> {
  const queued = useSessionStore.getState().sessions[sessionId]?.view?.queued ?? []
  const index = queued.findIndex((message) => message.messageId === messageId)
  if (!(await takeBackMessage(sessionId, messageId))) return false
  prependDraft(sessionId, text)
  keepBehind(
    sessionId,
    queued.slice(index + 1).map((message) => message.messageId),
  )
  return true
}

/**
 * Takes a message that waits out of the queue. Its text is not lost: an empty box has it, and where something else is being
 * written, which must not go out with it, it is kept beside that. False = it was read meanwhile.
 */
export async function takeBackQueued(sessionId: SessionId, { messageId, text }: QueuedMessage): Promise<boolean> {
  if (!(await takeBackMessage(sessionId, messageId))) return false
  if (isDraftEmpty(sessionId)) setDraft(sessionId, text)
  else {
    const earlier = useDraftStore.getState().takenBack[sessionId]
    keepTakenBack(sessionId, earlier === undefined ? text : `${earlier}\n\n${text}`)
  }
  return true
}
