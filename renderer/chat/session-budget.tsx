import type { ReactNode } from 'react'
import type { TurnView } from '#shared/session-view.ts'
import type { UsageTotals } from '#shared/usage-totals.ts'
import { sessionLine } from '../budget/meter-lines.ts'
import { useAppStore } from '../stores/app-store.ts'
import { useSessionStore } from '../stores/session-store.ts'
import { Meter } from '../ui/meter.tsx'
import { useChatSession } from './chat-place.ts'

/** The tightest limit of this session as a meter; without one, `children`. */
export function SessionBudget(props: { usage: UsageTotals; profileId: string; title: string; children: ReactNode }) {
  const { usage, profileId } = props
  const sessionId = useChatSession()
  const limits = useAppStore(({ spending }) => spending.limits)
  // A number: it stays the same while text streams.
  const toolCalls = useSessionStore(({ slots }) => {
    const view = sessionId && slots[sessionId]?.view
    return view && limits.some(({ rule, limit }) => rule.scope === 'session' && limit === 'toolCalls')
      ? view.turns.reduce((sum, turn) => sum + toolCallsOf(turn), 0)
      : 0
  })
  const line = sessionLine(limits, profileId, usage, toolCalls)
  if (!line?.meter) return props.children
  return (
    <span className="row" title={props.title}>
      <Meter label="Budget of this session" {...line.meter} />
      {line.value} {line.rest}
    </span>
  )
}

const counted = new WeakMap<readonly unknown[], number>()

/** Once for each list of items: those of a turn that is over never change. */
function toolCallsOf({ items }: TurnView): number {
  const known = counted.get(items)
  if (known !== undefined) return known
  const count = items.filter(({ kind }) => kind === 'tool').length
  counted.set(items, count)
  return count
}
