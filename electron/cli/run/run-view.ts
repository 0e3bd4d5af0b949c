import type { BackgroundRun } from '#shared/run/background.ts'
import { viewFromStart } from '#shared/session/apply-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'

/** Makes as much of a session's view as the entry of its run tells; what is shown of events needs no more. */
export function viewOfRun(run: BackgroundRun): SessionView {
  const { sessionId, cwd, profileId, profileName, model, permissions, startedAt: at } = run
  const profile = { profileId, profileName, kind: 'custom', model } as const
  return viewFromStart({
    type: 'session-start',
    seq: 0,
    at,
    version: 1,
    sessionId,
    cwd,
    systemPrompt: '',
    profile,
    permissions,
  })
}
