import type { ApprovalAnswer, ApprovalRequest } from '../approval/approval.ts'
import type { FileDiff } from '../approval/file-diff.ts'
import type { Failure } from '../failure.ts'
import type { MessageId, SessionId, TurnId } from '../ids.ts'
import type { BudgetDecision, BudgetStop, Limits } from '../limits/budget.ts'
import type { Permissions } from '../policy/permissions.ts'
import type { Usage } from '../spending/usage.ts'
import type { UsageTotals } from '../spending/usage-totals.ts'
import type { VerifyMark } from '../verify/verify-command.ts'
import type { ContentPart } from './content.ts'
import type { SendOptions } from './send-options.ts'
import type { ProfileUse, ToolOutcome, TurnEndReason } from './session-entry.ts'
import type { Phase } from './session-event.ts'
import type { NotRunReason, ToolKind } from './tool-kind.ts'

/** What a person sees of a session. Plain data: the same on both sides of every process border. */
export interface SessionView {
  sessionId: SessionId
  cwd: string
  /** It can be read, and nothing more happens in it. */
  folderGone?: boolean
  /** Begun to answer one prompt of a terminal. */
  oneTime?: boolean
  title: string
  profile: ProfileUse
  permissions: Permissions
  /** Commands that must pass before a turn counts as done; missing or null = as the folder and the profile ask. */
  verify?: readonly string[] | null
  /** The last event that is part of this view. */
  seq: number
  startedAt: number
  updatedAt: number
  turns: readonly TurnView[]
  /** Only while a turn runs. */
  activity: Activity | null
  /** Calls that wait for an answer, oldest first. */
  approvals: readonly PendingApproval[]
  /** A limit is reached, and the run waits to hear what becomes of it. */
  budgetRequest: PendingBudget | null
  /** What the person wrote and the model has not read, in the order in which it will be. */
  queued: readonly QueuedMessage[]
  usage: UsageTotals
  /** Of the last call of the model that answers now; missing = it made none since the conversation was begun or shortened. */
  lastUsage?: Usage | null
  /** Iterations of the agent loop so far. */
  iterations: number
  /** Tool calls that ran or were refused by the person. */
  toolCalls: number
  /** How many characters of what models and tools wrote it holds, at most (`MOST_HELD`); missing = nobody counted. */
  held?: number
}

export interface QueuedMessage {
  messageId: MessageId
  text: string
  /** What it is, where that is more than text. */
  parts?: readonly ContentPart[]
  at: number
}

export interface TurnView {
  turnId: TurnId
  text: string
  /** What it is, where that is more than text. */
  parts?: readonly ContentPart[]
  startedAt: number
  /** Milliseconds that it ran before it was taken up again; missing = it ran without a break. */
  ranMs?: number
  /** Failed verifications before it was taken up again; missing = there were none. */
  failuresBefore?: number
  items: readonly Item[]
  usage: UsageTotals
  /** As in the session, of this turn alone. */
  iterations: number
  toolCalls: number
  /** Set for this turn alone. */
  limits?: Limits
  /** What whoever set them calls each, such as a flag. */
  limitOrigins?: SendOptions['limitOrigins']
  /** With what its work is verified, where that was said for it. */
  verify?: readonly string[]
  verifyRounds?: number
  end: TurnEnd | null
}

export interface TurnEnd {
  reason: TurnEndReason
  at: number
  failure: Failure | null
  budget: BudgetStop | null
  /** How long it took, whatever became of the clock; journals of before lack it. */
  durationMs?: number
}

export interface Activity {
  phase: Phase
  since: number
  detail?: string
  progress?: number
  queuedBefore?: number
}

export interface PendingApproval {
  request: ApprovalRequest
  since: number
  /** When the run ends unless somebody has answered; missing = it waits. */
  until?: number
}

export interface PendingBudget {
  stop: BudgetStop
  since: number
}

export type Item = TextItem | ReasoningItem | ToolItem | NoticeItem | FollowUpItem

export interface TextItem {
  kind: 'text'
  text: string
  /** How many characters more there are in the journal: a view holds `LONGEST_TEXT` of one text, `MOST_HELD` of all. */
  omitted?: number
}

export interface ReasoningItem {
  kind: 'reasoning'
  text: string
  omitted?: number
  startedAt: number
  /** null while it goes on. */
  endedAt: number | null
}

export interface ToolItem {
  kind: 'tool'
  callId: string
  name: string
  /** As in the journal, see `toolKindOf`. */
  toolKind?: ToolKind
  verb: string
  target: string
  arguments: string
  recovered: boolean
  state: 'waiting' | 'running' | ToolOutcome
  startedAt: number
  /** Grows while a command runs; whole after the end. */
  output: string
  /** What it is, where that is more than text. */
  parts?: readonly ContentPart[]
  summary: string
  durationMs: number | null
  answer: ApprovalAnswer | null
  diff?: FileDiff
  exitCode?: number
  /** Why it did not run, see `wasCut`. */
  notRun?: NotRunReason
  /** The app made it, to see whether the work is done; missing = the model did. */
  verify?: VerifyMark
  /** How many characters of its arguments, output and change are in the journal alone; missing = all is here. */
  omitted?: number
}

export interface LimitDecision {
  answer: BudgetDecision
  /** null = the journal does not say. */
  stop: BudgetStop | null
}

export interface NoticeItem {
  kind: 'notice'
  code: string
  message: string
  /** What a person answered at which limit, where the notice says that. */
  atLimit?: LimitDecision
}

/** What the person (or the app, on its own) said to the model in mid-turn. */
export interface FollowUpItem {
  kind: 'follow-up'
  text: string
  /** What it is, where that is more than text. */
  parts?: readonly ContentPart[]
  origin: 'user' | 'app'
  at: number
}
