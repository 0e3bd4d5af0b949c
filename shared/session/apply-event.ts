import { assertNever } from '../lib/assert-never.ts'
import type { BudgetDecision, BudgetStop } from '../limits/budget.ts'
import { amountWords } from '../limits/limit-words.ts'
import { addModelCall, addUsage, noUsage } from '../spending/usage-totals.ts'
import { addedBy, withinBounds } from './held-text.ts'
import { inQueue } from './queue.ts'
import type { SessionEvent } from './session-event.ts'
import type { Item, QueuedMessage, ReasoningItem, SessionView, TextItem, ToolItem, TurnView } from './session-view.ts'
import { verifyFailures } from './verify-result.ts'

/** How much of one text a view holds, in characters: a model that never stops must not fill every process that looks on. */
export const LONGEST_TEXT = 2_000_000

/** How much of a running command's output a view keeps, in characters; the rest comes with its end. */
export const LIVE_OUTPUT_LIMIT = 64_000

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
    held: 0,
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
  return event.seq <= view.seq ? view : withinBounds(reduced(view, event), event)
}

/** Whether something happened in the conversation: a new name or other settings are no work, and no news. */
function isActivity({ type }: SessionEvent): boolean {
  return type !== 'title' && type !== 'profile' && type !== 'permissions' && type !== 'verify'
}

function reduced(view: SessionView, event: SessionEvent): SessionView {
  const next: SessionView = {
    ...view,
    seq: event.seq,
    updatedAt: isActivity(event) ? event.at : view.updatedAt,
    held: (view.held ?? 0) + addedBy(event),
  }
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
    case 'verify':
      next.verify = event.commands
      return next
    case 'turn-start':
      next.turns = [
        ...view.turns,
        {
          ...newTurn,
          turnId: event.turnId,
          text: event.text,
          ...(event.parts && { parts: event.parts }),
          startedAt: event.at,
          ...(event.options?.limits && { limits: event.options.limits }),
          ...(event.options?.limitOrigins && { limitOrigins: event.options.limitOrigins }),
          ...(event.options?.verify && { verify: event.options.verify }),
          ...(event.options?.verifyRounds !== undefined && { verifyRounds: event.options.verifyRounds }),
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
        // Whoever goes on has as many rounds again.
        ...(verifyFailures(turn.items) > 0 && { failuresBefore: verifyFailures(turn.items) }),
        ranMs: turn.end ? (turn.end.durationMs ?? Math.max(0, turn.end.at - turn.startedAt)) : 0,
      }))
    case 'message-queued':
      next.queued = inQueue(view.queued, queuedMessage(event), event.before)
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
        ...(event.toolKind && { toolKind: event.toolKind }),
        verb: event.verb,
        target: event.target,
        ...(event.verify && { verify: event.verify }),
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
      // A question that waited for an answer when its time was over is asked again, if there is more.
      next.approvals = []
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
        ...(event.parts && { parts: event.parts }),
        summary: event.summary,
        durationMs: event.durationMs,
        ...(event.diff && { diff: event.diff }),
        ...(event.exitCode !== undefined && { exitCode: event.exitCode }),
        ...(event.notRun && { notRun: event.notRun }),
      })
    case 'follow-up':
      if (event.messageId) next.queued = view.queued.filter(({ messageId }) => messageId !== event.messageId)
      return withItems(next, (items) => [
        ...items,
        {
          kind: 'follow-up',
          text: event.text,
          ...(event.parts && { parts: event.parts }),
          origin: event.origin,
          at: event.at,
        },
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

/** What a person decided at a limit. */
function budgetAnswerWords(answer: BudgetDecision, stop: BudgetStop | null): string {
  if (answer.choice === 'finish') return 'You asked for one last answer.'
  if (answer.choice === 'stop') return 'You stopped at the limit.'
  if (answer.choice === 'room') return 'The limit has room again: it went on by itself.'
  return `You raised the limit to ${stop ? amountWords(stop.limit, answer.to) : answer.to}.`
}

function withTurn(view: SessionView, change: (turn: TurnView) => TurnView): SessionView {
  const last = view.turns.at(-1)
  return last ? { ...view, turns: view.turns.with(-1, change(last)) } : view
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

function queuedMessage({
  messageId,
  text,
  parts,
  at,
}: Extract<SessionEvent, { type: 'message-queued' }>): QueuedMessage {
  return { messageId, text, ...(parts && { parts }), at }
}
