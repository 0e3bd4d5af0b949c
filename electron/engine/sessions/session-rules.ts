import type { SessionId } from '#shared/ids.ts'

const kept = new WeakMap<object, Map<SessionId, Set<string>>>()

/**
 * What a person allowed for a whole session. It holds for as long as the program runs, also when the session is closed
 * meanwhile because nobody looks at it; `owner` is what the sessions of one engine share.
 */
export function sessionRules(owner: object, id: SessionId): Set<string> {
  const sessions = kept.get(owner) ?? new Map<SessionId, Set<string>>()
  kept.set(owner, sessions)
  const rules = sessions.get(id) ?? new Set<string>()
  sessions.set(id, rules)
  return rules
}
