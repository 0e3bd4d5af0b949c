import type { SessionEvent, UnstampedEvent } from '#shared/session/session-event.ts'
import type { SessionView, TurnView } from '#shared/session/session-view.ts'
import { wasCounted } from '#shared/spending/usage-totals.ts'

/** What a viewer who was there from its beginning would have seen of the last turn, as far as the view still tells. */
export function turnEvents(view: SessionView): SessionEvent[] {
  const turn = view.turns.at(-1)
  return turn ? eventsOf(view, turn) : []
}

/** The events of any turn of a view, made from what the view shows of it. */
export function eventsOf(view: SessionView, turn: TurnView): SessionEvent[] {
  const stamp = { seq: view.seq, at: view.updatedAt }
  const events: UnstampedEvent[] = [{ type: 'turn-start', turnId: turn.turnId, text: turn.text, facts: '' }]
  for (const item of turn.items) events.push(...itemEvents(item))
  if (wasCounted(turn.usage)) {
    const { modelCalls: _, ...usage } = turn.usage
    events.push({ type: 'usage', usage })
  }
  if (turn === view.turns.at(-1)) {
    for (const { request } of view.approvals) events.push({ type: 'approval-request', request })
    if (view.budgetRequest) events.push({ type: 'budget-request', stop: view.budgetRequest.stop })
  }
  if (turn.end) {
    const { reason, failure, budget } = turn.end
    events.push({ type: 'turn-end', turnId: turn.turnId, reason, failure, budget })
  }
  return events.map((event): SessionEvent => ({ ...event, ...stamp }))
}

function itemEvents(item: TurnView['items'][number]): UnstampedEvent[] {
  switch (item.kind) {
    case 'text':
      return [{ type: 'text-delta', text: item.text }]
    case 'reasoning':
      return [{ type: 'reasoning-delta', text: item.text }]
    case 'follow-up':
      return [{ type: 'follow-up', text: item.text, origin: item.origin }]
    case 'notice':
      return [{ type: 'warning', code: item.code, message: item.message }]
    case 'tool': {
      const {
        callId,
        name,
        arguments: text,
        recovered,
        toolKind,
        verb,
        target,
        state,
        output,
        summary,
        durationMs,
        diff,
        exitCode,
        verify,
      } = item
      const start: UnstampedEvent = {
        type: 'tool-start',
        callId,
        name,
        arguments: text,
        recovered,
        verb,
        target,
        ...(toolKind && { toolKind }),
        ...(verify && { verify }),
      }
      if (state === 'running' || state === 'waiting') return [start]
      const end: UnstampedEvent = {
        type: 'tool-end',
        callId,
        outcome: state,
        output,
        summary,
        durationMs: durationMs ?? 0,
        ...(diff && { diff }),
        ...(exitCode !== undefined && { exitCode }),
        ...(verify && { verify }),
      }
      return [start, end]
    }
  }
}
