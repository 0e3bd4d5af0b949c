import type { ReactNode } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { Limit } from '#shared/limits/budget.ts'
import { withRaises } from '#shared/limits/effective-limits.ts'
import { isOver } from '#shared/run/run-words.ts'
import { sessionLine } from '../budget/meter-lines.ts'
import {
  type CountedParts,
  countedOf,
  countedOfTurn,
  decisionsOf,
  limitsOfSession,
  limitsOfTurn,
  raisesIn,
  sessionUses,
} from '../budget/session-limits.ts'
import { useNow } from '../lib/clock.ts'
import { useAppStore } from '../stores/app-store.ts'
import { usePolicyStore } from '../stores/policy-store.ts'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { Meter } from '../ui/meter.tsx'

interface Props {
  folder: string
  profileId: string
  title: string
  children: ReactNode
}

/** The tightest limit of this session as a meter; without one, `children`. Text that streams in does not draw it anew. */
export function SessionBudget({ folder, profileId, title, children }: Props) {
  const session = useView(useShallow(countedOf))
  const turn = useView(useShallow(countedOfTurn))
  const decisions = useView(useShallow(decisionsOf)) ?? []
  const ofTurn = useView(useShallow(limitsOfTurn)) ?? null
  const background = useBackgroundRun()
  const settings = useAppStore(({ spending }) => spending.limits)
  const policy = usePolicyStore(({ views }) => views[folder]?.limits) ?? []
  if (!session) return children
  const set = limitsOfSession({ profileId, settings, policy, turn: ofTurn })
  const limits = withRaises(set, raisesIn(decisions))
  const parts = { session, turn, background }
  const line = { limits, parts, title, children }
  const timed = turn !== null && limits.some(({ name }) => name === 'wallTime')
  return timed ? <TickingLine {...line} /> : <Line {...line} now={Date.now()} />
}

interface LineProps {
  limits: readonly Limit[]
  parts: CountedParts
  title: string
  children: ReactNode
}

/** Time that passes is drawn here, and nowhere else. */
function TickingLine(props: LineProps) {
  return <Line {...props} now={useNow(1000)} />
}

function Line({ limits, parts, title, children, now }: LineProps & { now: number }) {
  const line = sessionLine(limits, sessionUses(parts, now))
  if (!line?.meter) return children
  return (
    <span className="row" title={title}>
      <Meter label="Budget of this session" {...line.meter} />
      {line.value} {line.rest}
    </span>
  )
}

/** The background run that this session is, while it goes on. */
function useBackgroundRun() {
  const sessionId = useChatSession()
  return useAppStore(({ runs }) => runs.find((run) => run.sessionId === sessionId && !isOver(run)) ?? null)
}
