import type { ReactNode } from 'react'
import type { UsageTotals } from '#shared/usage-totals.ts'
import { sessionLine } from '../budget/meter-lines.ts'
import { useAppStore } from '../stores/app-store.ts'
import { Meter } from '../ui/meter.tsx'
import { useView } from './chat-place.ts'

/** The tightest limit of this session as a meter; without one, `children`. */
export function SessionBudget(props: { usage: UsageTotals; profileId: string; title: string; children: ReactNode }) {
  const { usage, profileId } = props
  const limits = useAppStore(({ spending }) => spending.limits)
  const toolCalls = useView((view) => view.toolCalls) ?? 0
  const turns = useView((view) => view.iterations) ?? 0
  const line = sessionLine(limits, profileId, { usage, toolCalls, turns })
  if (!line?.meter) return props.children
  return (
    <span className="row" title={props.title}>
      <Meter label="Budget of this session" {...line.meter} />
      {line.value} {line.rest}
    </span>
  )
}
