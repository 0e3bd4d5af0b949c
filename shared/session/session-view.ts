import type { ApprovalAnswer, ApprovalRequest } from '../approval/approval.ts'
import type { FileDiff } from '../approval/file-diff.ts'
import type { Failure } from '../failure.ts'
import type { MessageId, SessionId, TurnId } from '../ids.ts'
import { assertNever } from '../lib/assert-never.ts'
import { type BudgetDecision, type BudgetStop, type Limits, letsGoOn } from '../limits/budget.ts'
import { amountWords } from '../limits/limit-words.ts'
import type { Permissions } from '../policy/permissions.ts'
import type { Usage } from '../spending/usage.ts'
import { addModelCall, addUsage, noUsage, type UsageTotals } from '../spending/usage-totals.ts'
import type { ProfileUse, ToolOutcome, TurnEndReason } from './session-entry.ts'
import type { Phase, SessionEvent } from './session-event.ts'

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
}

export interface QueuedMessage {
  messageId: MessageId
  text: string
  at: number
}

/** The messages that wait with one more, `before` another one if that still waits, else after all. */
export function inQueue<Message extends { messageId: MessageId }>(
  queued: readonly Message[],
  message: Message,
  before: MessageId | undefined,
): Message[] {
  const place = queued.findIndex(({ messageId }) => messageId === before)
  return place === -1 ? [...queued, message] : queued.toSpliced(place, 0, message)
}

export interface TurnView {
  turnId: TurnId
  text: string
  startedAt: number
  /** Milliseconds that it ran before it was taken up again; missing = it ran without a break. */
  ranMs?: number
  items: readonly Item[]
  usage: UsageTotals
  /** As in the session, of this turn alone. */
  iterations: number
  toolCalls: number
  /** Set for this turn alone. */
  limits?: Limits
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
  /** How many characters more there are in the journal: a view holds `LONGEST_TEXT`. */
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
  verb: string
  target: string
  arguments: string
  recovered: boolean
  state: 'waiting' | 'running' | ToolOutcome
  startedAt: number
  /** Grows while a command runs; whole after the end. */
  output: string
  summary: string
  durationMs: number | null
  answer: ApprovalAnswer | null
  diff?: FileDiff
  exitCode?: number
}

export interface AtLimit {
  answer: BudgetDecision
  /** null = the journal does not say. */
  stop: BudgetStop | null
}

export interface NoticeItem {
  kind: 'notice'
  code: string
  message: string
  /** What a person answered at which limit, where the notice says that. */
  atLimit?: AtLimit
}

/** What the person (or the app, on its own) said to the model in mid-turn. */
export interface FollowUpItem {
  kind: 'follow-up'
  text: string
  origin: 'user' | 'app'
  at: number
}

/** How much of one text a view holds, in characters: a model that never stops must not fill every process that looks on. */
export const LONGEST_TEXT = 2_000_000

/** How much of a running command's output a view keeps, in characters; the rest comes with its end. */
const LIVE_OUTPUT_LIMIT = 64_000

const newTurn = { items: [], usage: noUsage, iterations: 0, toolCalls: 0, end: null }

/** The view of a session whose journal holds only its first entry. */
export function viewFromStart(event: Extract<SessionEvent, { type: 'session-start' }>): SessionView {
  return {
    sessionId: event.sessionId,
    cwd: event.cwd,
    title: '',
    profile: event.profile,
    permissions: event.permissions,
    ...(event.oneTime && { oneTime: true }),
    seq: event.seq,
    startedAt: event.at,
    updatedAt: event.at,
    turns: [],
    activity: null,
    approvals: [],
    budgetRequest: null,
    queued: [],
    usage: noUsage,
    iterations: 0,
    toolCalls: 0,
  }
}

/** Folds entries, the first of which must be `session-start`. */
export function viewFromEntries(events: Iterable<SessionEvent>): SessionView | null {
  let view: SessionView | null = null
  for (const event of events) {
    if (event.type === 'session-start') view = viewFromStart(event)
    else if (view) view = applyEvent(view, event)
  }
  return view
}

/**
 * The one reducer. Pure; shares what did not change. An event that the view already holds changes nothing, so a
 * viewer may apply a snapshot and then whatever was on the way.
 */
export function applyEvent(view: SessionView, event: SessionEvent): SessionView {
  if (event.seq <= view.seq) return view
  const next: SessionView = { ...view, seq: event.seq, updatedAt: event.at }
  switch (event.type) {
    case 'session-start':
      return viewFromStart(event)
    case 'title':
      next.title = event.title
      return next
    case 'folder':
      next.cwd = event.cwd
      return next
    case 'profile':
      next.profile = event.profile
      next.lastUsage = null
      return next
    case 'permissions':
      next.permissions = event.permissions
      return next
    case 'turn-start':
      next.turns = [
        ...view.turns,
        {
          ...newTurn,
          turnId: event.turnId,
          text: event.text,
          startedAt: event.at,
          ...(event.options?.limits && { limits: event.options.limits }),
        },
      ]
      next.activity = { phase: 'connecting', since: event.at }
      if (event.queued) next.queued = view.queued.filter(({ messageId }) => !event.queued?.includes(messageId))
      return next
    case 'turn-resume':
      next.activity = { phase: 'connecting', since: event.at }
      return withTurn(next, (turn) => ({
        ...turn,
        end: null,
        ranMs: turn.end ? (turn.end.durationMs ?? Math.max(0, turn.end.at - turn.startedAt)) : 0,
      }))
    case 'message-queued':
      next.queued = inQueue(view.queued, { messageId: event.messageId, text: event.text, at: event.at }, event.before)
      return next
    case 'message-taken-back':
      next.queued = view.queued.filter(({ messageId }) => messageId !== event.messageId)
      return next
    case 'model-call-start':
      if (!event.purpose) next.iterations = view.iterations + 1
      next.usage = addModelCall(view.usage)
      return withTurn(next, (turn) => ({
        ...turn,
        usage: addModelCall(turn.usage),
        iterations: turn.iterations + (event.purpose ? 0 : 1),
      }))
    case 'reasoning-delta':
      return withItems(next, (items) => appendReasoning(items, event.text, event.at))
    case 'text-delta':
      return withItems(next, (items) => appendText(endReasoning(items, event.at), event.text))
    case 'model-call-end':
      return withItems(next, (items) => endReasoning(items, event.at))
    case 'usage':
      next.usage = addUsage(view.usage, event.usage)
      next.lastUsage = event.usage
      return withTurn(next, (turn) => ({ ...turn, usage: addUsage(turn.usage, event.usage) }))
    case 'approval-request':
      next.approvals = [
        // A question that is asked anew stands in place of the one before.
        ...view.approvals.filter(({ request }) => request.callId !== event.request.callId),
        { request: event.request, since: event.at, ...(event.until !== undefined && { until: event.until }) },
      ]
      return withTool(next, event.request.callId, { state: 'waiting' })
    case 'approval-answer':
      next.approvals = view.approvals.filter(({ request }) => request.callId !== event.callId)
      return withTool(next, event.callId, { state: 'running', startedAt: event.at, answer: event.answer })
    case 'tool-start': {
      const tool: ToolItem = {
        kind: 'tool',
        callId: event.callId,
        name: event.name,
        verb: event.verb,
        target: event.target,
        arguments: event.arguments,
        recovered: event.recovered,
        state: 'running',
        startedAt: event.at,
        output: '',
        summary: '',
        durationMs: null,
        answer: null,
      }
      // One that waited for an answer when its turn went to another process begins anew, in its place.
      next.approvals = view.approvals.filter(({ request }) => request.callId !== event.callId)
      return withItems(next, (items) => {
        const waited = items.findLastIndex(
          (item) => item.kind === 'tool' && item.callId === event.callId && item.state === 'waiting',
        )
        return waited < 0 ? [...endReasoning(items, event.at), tool] : items.with(waited, tool)
      })
    }
    case 'tool-output':
      return withTool(next, event.callId, (tool) => ({ output: (tool.output + event.text).slice(-LIVE_OUTPUT_LIMIT) }))
    case 'budget-request':
      next.budgetRequest = { stop: event.stop, since: event.at }
      return next
    case 'budget-answer': {
      const { answer } = event
      const stop = view.budgetRequest?.stop ?? null
      next.budgetRequest = null
      return withItems(next, (items) => [
        ...items,
        { kind: 'notice', code: event.type, message: budgetAnswerWords(answer, stop), atLimit: { answer, stop } },
      ])
    }
    case 'tool-end':
      next.approvals = view.approvals.filter(({ request }) => request.callId !== event.callId)
      return withTool(event.outcome === 'not-run' ? next : withToolCall(next), event.callId, {
        state: event.outcome,
        output: event.output,
        summary: event.summary,
        durationMs: event.durationMs,
        ...(event.diff && { diff: event.diff }),
        ...(event.exitCode !== undefined && { exitCode: event.exitCode }),
      })
    case 'follow-up':
      if (event.messageId) next.queued = view.queued.filter(({ messageId }) => messageId !== event.messageId)
      return withItems(next, (items) => [
        ...items,
        { kind: 'follow-up', text: event.text, origin: event.origin, at: event.at },
      ])
    case 'warning':
      return withItems(next, (items) => [...items, { kind: 'notice', code: event.code, message: event.message }])
    case 'compaction':
      next.lastUsage = null
      return withItems(next, (items) => [
        ...items,
        { kind: 'notice', code: event.type, message: 'Earlier messages were summarised.' },
      ])
    case 'phase': {
      const { phase, detail, progress, queuedBefore } = event
      const since = view.activity?.phase === phase ? view.activity.since : event.at
      next.activity = {
        phase,
        since,
        ...(detail !== undefined && { detail }),
        ...(progress !== undefined && { progress }),
        ...(queuedBefore !== undefined && { queuedBefore }),
      }
      return next
    }
    case 'turn-end':
      next.activity = null
      next.approvals = []
      next.budgetRequest = null
      return withTurn(next, (turn) => ({
        ...turn,
        items: endReasoning(turn.items, event.at).map((item) =>
          item.kind === 'tool' && (item.state === 'running' || item.state === 'waiting')
            ? { ...item, state: 'not-run', summary: item.state === 'waiting' ? 'not run' : 'interrupted' }
            : item,
        ),
        end: {
          reason: event.reason,
          at: event.at,
          failure: event.failure,
          budget: event.budget,
          ...(event.durationMs !== undefined && { durationMs: event.durationMs }),
        },
      }))
    default:
      return assertNever(event)
  }
}

/** What the sidebar says of a session. */
export const sessionStates = [
  'idle',
  'running',
  /** Its turn waits for its place at the server, or all runs are paused. */
  'queued',
  'waiting',
  /** A person ended its last turn. */
  'stopped',
  'interrupted',
  'failed',
  'budget',
] as const
export type SessionState = (typeof sessionStates)[number]

export function sessionState(view: SessionView): SessionState {
  const last = view.turns.at(-1)
  if (!last) return 'idle'
  if (!last.end) {
    if (view.approvals.length > 0 || view.budgetRequest) return 'waiting'
    const phase = view.activity?.phase
    return phase === 'queued' || phase === 'paused' ? 'queued' : 'running'
  }
  switch (last.end.reason) {
    case 'completed':
      return 'idle'
    case 'aborted':
      return 'stopped'
    case 'needs-approval':
    case 'failed':
      return 'failed'
    case 'interrupted':
    case 'budget':
      return last.end.reason
  }
}

/** Whether its turn is not over. */
export function goesOn(state: SessionState): boolean {
  return state === 'running' || state === 'waiting' || state === 'queued'
}

/** A person said at the limit of a turn with these items that it is the end: nothing is wrong. */
export function endWasChosen(items: readonly Item[]): boolean {
  const last = items.findLast((item) => item.kind === 'notice' && item.atLimit !== undefined)
  return last?.kind === 'notice' && last.atLimit !== undefined && !letsGoOn(last.atLimit.answer)
}

/** What a person decided at a limit. */
function budgetAnswerWords(answer: BudgetDecision, stop: BudgetStop | null): string {
  if (answer.choice === 'finish') return 'You asked for one last answer.'
  if (answer.choice === 'stop') return 'You stopped at the limit.'
  if (answer.choice === 'room') return 'The limit has room again: it went on by itself.'
  return `You raised the limit to ${stop ? amountWords(stop.limit, answer.to) : answer.to}.`
}

function withTurn(view: SessionView, change: (turn: TurnView) => TurnView): SessionView {
  const last = view.turns.at(-1)
  return last ? { ...view, turns: [...view.turns.slice(0, -1), change(last)] } : view
}

function withToolCall(view: SessionView): SessionView {
  const counted = { ...view, toolCalls: view.toolCalls + 1 }
  return withTurn(counted, (turn) => ({ ...turn, toolCalls: turn.toolCalls + 1 }))
}

function withItems(view: SessionView, change: (items: readonly Item[]) => readonly Item[]): SessionView {
  return withTurn(view, (turn) => ({ ...turn, items: change(turn.items) }))
}

type ToolChange = Partial<ToolItem> | ((tool: ToolItem) => Partial<ToolItem>)

/** A call's row is found from the end: it is nearly always among the last ones. */
function withTool(view: SessionView, callId: string, change: ToolChange): SessionView {
  return withItems(view, (items) => {
    const index = items.findLastIndex((item) => item.kind === 'tool' && item.callId === callId)
    const tool = items[index]
    if (tool?.kind !== 'tool') return items
    return items.with(index, { ...tool, ...(typeof change === 'function' ? change(tool) : change) })
  })
}

function appendText(items: readonly Item[], text: string): readonly Item[] {
  const last = items.at(-1)
  if (last?.kind === 'text') return items.with(-1, grown(last, text))
  return [...items, grown({ kind: 'text', text: '' }, text)]
}

function appendReasoning(items: readonly Item[], text: string, at: number): readonly Item[] {
  const last = items.at(-1)
  if (last?.kind === 'reasoning' && last.endedAt === null) return items.with(-1, grown(last, text))
  return [...items, grown({ kind: 'reasoning', text: '', startedAt: at, endedAt: null }, text)]
}

function grown<T extends TextItem | ReasoningItem>(item: T, text: string): T {
  const room = LONGEST_TEXT - item.text.length
  if (text.length <= room && !item.omitted) return { ...item, text: item.text + text }
  // Nothing is held behind a gap, and no character is cut in two.
  const kept = item.omitted ? '' : text.slice(0, /[\ud800-\udbff]/.test(text[room - 1] ?? '') ? room - 1 : room)
  return { ...item, text: item.text + kept, omitted: (item.omitted ?? 0) + text.length - kept.length }
}

function endReasoning(items: readonly Item[], at: number): readonly Item[] {
  const last = items.at(-1)
  return last?.kind === 'reasoning' && last.endedAt === null ? items.with(-1, { ...last, endedAt: at }) : items
}
