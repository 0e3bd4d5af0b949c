import type { SessionId } from '#shared/ids.ts'
import { SETTLED } from '#shared/lib/settled.ts'
import { answerApproval, sendMessage } from '../stores/actions.ts'
import type { Draft } from '../stores/draft-store.ts'
import { useSessionStore } from '../stores/session-store.ts'

/**
 * What is written while a question waits says what to do instead: it is the reason of a no. Otherwise it is a message, and so
 * is what was one before it was changed. False = it was not taken, and stays where it was written.
 */
export function sendWords(sessionId: SessionId, { text, behind }: Draft): Promise<boolean> {
  if (behind) return sendMessage(sessionId, text, behind)
  const [asked] = useSessionStore.getState().sessions[sessionId]?.view?.approvals ?? []
  if (!asked || Date.now() - asked.since < SETTLED) return sendMessage(sessionId, text)
  return answerApproval(sessionId, asked.request.callId, { decision: 'deny', reason: text })
}
