import { ProfileId, SessionId } from '../shared/ids.ts'
import type { SessionEntry } from '../shared/session/session-entry.ts'

type SessionStart = Extract<SessionEntry, { type: 'session-start' }>

/** The first entry of a session for tests; what a test is about is in `change`. */
export function sampleSessionStart(change: Partial<SessionStart> = {}): SessionStart {
  return {
    type: 'session-start',
    seq: 0,
    at: 0,
    version: 1,
    sessionId: SessionId.parse('abcdefghij'),
    cwd: '/project',
    systemPrompt: '',
    profile: { profileId: ProfileId.parse('local'), profileName: 'Local', kind: 'vllm', model: 'm' },
    permissions: { write: 'ask', shell: 'ask', sandbox: true },
    ...change,
  }
}
