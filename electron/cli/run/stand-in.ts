import { clawCommand } from '#shared/lib/claw-command.ts'
import { standInFor } from '#shared/profile/stand-in.ts'
import type { TurnEnd } from '#shared/session/session-view.ts'
import type { Engine, Session } from '../../engine/engine.ts'
import { plainLine } from '../terminal/plain-text.ts'

/**
 * One line about the backend that a person named for when this one fails, or null. It is not asked by itself.
 * `inChat`: a conversation can change over where it is.
 */
export function standInHint(engine: Engine, session: Session, end: TurnEnd, inChat: boolean): string | null {
  const { sessionId, profile } = session.view()
  const standIn = standInFor(end.failure, engine.profiles.get(profile.profileId), engine.profiles.list())
  if (!standIn) return null
  const how = inChat ? `/profile ${standIn.id}` : clawCommand(`agent-resume ${sessionId} --profile ${standIn.id}`)
  return `Answer with ${plainLine(standIn.name)}: ${how}`
}
