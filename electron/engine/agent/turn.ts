import type { ApprovalAnswer, ApprovalRequest } from '#shared/approval/approval.ts'
import type { Failure } from '#shared/failure.ts'
import type { ProfileId } from '#shared/ids.ts'
import type { BudgetDecision, BudgetStop } from '#shared/limits/budget.ts'
import type { Permissions } from '#shared/policy/permissions.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { AnsweredCall } from '#shared/session/message.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { TurnEnd, TurnView } from '#shared/session/session-view.ts'
import type { ToolDefinition } from '#shared/session/tool-definition.ts'
import type { Backend } from '../backend/contract/backend.ts'
import type { Budget } from '../budget/budget.ts'
import type { Elapsed } from '../lib/clock.ts'
import type { Policy } from '../policy/policy.ts'
import type { LearnedWindow } from '../profiles/known-windows.ts'
import type { SlotHolder } from '../slots/slots.ts'
import type { SessionOrder, StartedSession } from '../tools/contract/started-session.ts'
import type { Tool, ToolContext } from '../tools/contract/tool.ts'
import type { Conversation } from './conversation.ts'

/**
 * What became of a question to a person: it was answered, somebody changed the session's permissions meanwhile, or nobody
 * answered within `answerMs`.
 */
export type QuestionOutcome =
  | { kind: 'answered'; answer: ApprovalAnswer }
  | { kind: 'permissions-changed' }
  | { kind: 'unanswered' }

/** All that a turn needs of the world; the session hands it in. */
export interface TurnContext {
  conversation: Conversation
  /** The backend that answers the next call; asked before each, so that a switch counts from there on. */
  backend(): Promise<{ backend: Backend; profile: Profile; listedWindow?: number }>
  /** A call of a model was answered (null), or why not: how its backend is, for all who show it. */
  noteReach(profileId: ProfileId, failure: Failure | null): void
  /** Something was found out about the window of the model that answers; it is kept for all that follows. */
  learnWindow(profile: Profile, window: LearnedWindow): void
  /** Its place in the queues of the servers; whoever made it gives it up. */
  slotHolder: Pick<SlotHolder, 'acquire'>
  /** Without those that the policy denies. */
  tools: readonly Tool[]
  /** What the model is told of its tools; there may be some that this build does not have any more. */
  definitions: readonly ToolDefinition[]
  toolContext: Pick<ToolContext, 'workspace' | 'passedVariables' | 'keyVariables' | 'keepImage'>
  /** The bytes of images in base64, by the names of their blobs. Missing = nobody has any. `FailureError` `storage`. */
  images?(blobs: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Begins a session that is part of this turn, and is stopped when `signal` aborts. Missing = none can be begun. */
  startSession?(order: SessionOrder, signal: AbortSignal): Promise<StartedSession>
  policy: Policy
  budget: Budget
  permissions(): Permissions
  /** What *Allow for this session* has allowed so far; grows. */
  sessionRules: Set<string>
  /**
   * Asks a person and waits; null = nobody can answer. Rejects when `signal` aborts.
   */
  ask: ((request: ApprovalRequest, signal: AbortSignal) => Promise<QuestionOutcome>) | null
  /** How long a person is waited for; null = as long as it takes. */
  answerMs(): number | null
  /**
   * Asks what becomes of the run at a limit; null = nobody watches it now. Resolves with `room` when the limit does not
   * hold any longer. Rejects when `signal` aborts.
   */
  askBudget(stop: BudgetStop, signal: AbortSignal): Promise<BudgetDecision> | null
  /** Whether the person said something that the model has not read. */
  hasFollowUps(): boolean
  /** Tells it to the model, as events of its own. */
  readFollowUps(): void
  /** Calls that were asked for in another process and not answered: they are asked for again before the model is. */
  carriedOver: readonly AnsweredCall[]
  /** Calls of the newest answer that did not begin. One that was at work when it was stopped ends here, as interrupted. */
  openCalls(): readonly AnsweredCall[]
  emit(event: UnstampedEvent): void
  /** Resolves when every event so far is in the journal; rejects with `FailureError` `storage`. */
  persisted(): Promise<void>
  now(): number
  elapsed: Elapsed
  signal: AbortSignal
  options: { stream?: boolean; responseSchema?: Record<string, unknown> }
  /** What shows that the work of this turn is done, when this profile answers. */
  verification(profile: Profile): Verification
  /** What happened in this turn so far, as a person sees it. */
  soFar(): Pick<TurnView, 'items' | 'failuresBefore'>
}

/** Commands that must pass before a turn counts as done, and how often their output goes back to the model. */
export interface Verification {
  commands: readonly string[]
  rounds: number
}

export type TurnOutcome = Omit<TurnEnd, 'at'>
