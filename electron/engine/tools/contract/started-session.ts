import type { SessionId } from '#shared/ids.ts'
import type { Limits } from '#shared/limits/budget.ts'
import type { TurnEnd } from '#shared/session/session-view.ts'

/** A session that a tool wants to begin. Backend, permissions and whoever answers questions are those of its own session. */
export interface SessionOrder {
  prompt: string
  /** Missing = the folder of its own session. */
  cwd?: string
  /** Of this session alone, beside all limits of the turn that begins it. */
  limits?: Limits
  /** Follows the built-in system prompt. */
  appendSystemPrompt?: string
}

export interface StartedSession {
  sessionId: SessionId
  /** How its turn ended, and the last text of its model. Rejects for a defect of ours only. */
  end: Promise<{ end: TurnEnd; answer: string }>
}
