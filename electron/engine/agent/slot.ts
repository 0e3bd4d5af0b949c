import type { Profile } from '#shared/profile/profile.ts'
import type { Backend } from '../backend/contract/backend.ts'
import { waitWords } from '../slots/slots.ts'
import type { TurnContext } from './turn.ts'

/**
 * Waits until the server has room for one call, and says what it waits for. What it resolves with ends the call, whose
 * time begins here: no time-out of the backend counts the wait. Throws `FailureError` `aborted`.
 */
export function acquireSlot(turn: TurnContext, backend: Backend, profile: Profile): Promise<() => void> {
  const { emit, signal } = turn
  return turn.slotHolder.acquire({
    backend,
    profile,
    signal,
    onWarning: (message) => emit({ type: 'warning', code: 'no-queue', message }),
    onWait(wait) {
      const detail = waitWords(profile.name, wait)
      if (wait.kind === 'paused') emit({ type: 'phase', phase: 'paused', detail })
      else emit({ type: 'phase', phase: 'queued', detail, queuedBefore: wait.before })
    },
  })
}
