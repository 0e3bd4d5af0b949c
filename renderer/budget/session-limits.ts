import type { BudgetScope, BudgetStop, Limit, LimitName, LimitSource, Standing } from '#shared/limits/budget.ts'
import { effectiveLimits, isInForce, sourcesOfRun } from '#shared/limits/effective-limits.ts'
import type { BackgroundRun } from '#shared/run/background.ts'
import type { LimitDecision, SessionView, TurnView } from '#shared/session/session-view.ts'
import type { Usage } from '#shared/spending/usage.ts'

/** What a limit that belongs to a session counts over; those of a day or a month have their meters elsewhere. */
export type SessionScope = Exclude<BudgetScope, 'day' | 'month'>

export function isSessionScope(scope: BudgetScope): scope is SessionScope {
  return scope !== 'day' && scope !== 'month'
}

/** What was used so far; null = it is not known here. */
export interface Use {
  usage: Usage
  modelCalls: number | null
  toolCalls: number | null
  /** Iterations of the agent loop. */
  turns: number | null
  /** Milliseconds. */
  time: number
}

export type SessionUses = Partial<Record<SessionScope, Use>>

/** Who limits a session that `profileId` answers in. */
export interface LimitsOf {
  profileId: string
  settings: readonly Standing[]
  policy: readonly LimitSource[]
  /** Set for the turn that goes on, and for nothing else; null = no turn goes on, or nothing is. */
  turn: Pick<TurnView, 'limits' | 'limitOrigins'> | null
}

/** Every limit that counts for a session. */
export function limitsOfSession({ profileId, settings, policy, turn }: LimitsOf): Limit[] {
  const ofSettings = settings.map(({ name, allowed, scope, setBy }) => ({ scope, setBy, limits: { [name]: allowed } }))
  const ofTurn = sourcesOfRun(turn?.limits ?? {}, turn?.limitOrigins ?? {})
  return effectiveLimits([...ofSettings, ...policy, ...ofTurn]).filter(
    (limit) => isSessionScope(limit.scope) && isInForce(limit, profileId),
  )
}

/** The turn that goes on; null = none does. */
export function limitsOfTurn({ turns }: SessionView): Pick<TurnView, 'limits' | 'limitOrigins'> | null {
  const turn = turns.at(-1)
  return turn && !turn.end ? { limits: turn.limits, limitOrigins: turn.limitOrigins } : null
}

/** What a person decided at limits of the turn that goes on. */
export function decisionsOf({ turns }: SessionView): readonly LimitDecision[] {
  const turn = turns.at(-1)
  if (!turn || turn.end) return []
  return turn.items.flatMap((item) => (item.kind === 'notice' && item.atLimit ? [item.atLimit] : []))
}

/** The raises among what a person decided: each is for the turn that goes on, and for it alone. */
export function raisesIn(decisions: readonly LimitDecision[]): { stop: BudgetStop; to: number }[] {
  return decisions.flatMap(({ answer, stop }) => (answer.choice === 'raise' && stop ? [{ stop, to: answer.to }] : []))
}

/** What is counted of a session, or of the turn that goes on in it. */
export interface Counted extends Pick<SessionView, 'usage' | 'toolCalls' | 'iterations'> {
  /** Milliseconds of what is over. */
  spent: number
  /** Since when more is spent; null = nothing goes on. */
  since: number | null
}

export function countedOf(view: SessionView): Counted {
  const { usage, toolCalls, iterations, turns } = view
  const spent = turns.reduce(
    (sum, { startedAt, end }) => sum + (end ? (end.durationMs ?? Math.max(0, end.at - startedAt)) : 0),
    0,
  )
  return { usage, toolCalls, iterations, spent, since: countedOfTurn(view)?.since ?? null }
}

/** What the turn that goes on has used; null = none goes on. */
export function countedOfTurn({ turns }: SessionView): Counted | null {
  const turn = turns.at(-1)
  if (!turn || turn.end) return null
  return { usage: turn.usage, toolCalls: turn.toolCalls, iterations: turn.iterations, spent: 0, since: turn.startedAt }
}

export interface CountedParts {
  session: Counted
  turn: Counted | null
  background: BackgroundRun | null
}

export function sessionUses({ session, turn, background }: CountedParts, now: number): SessionUses {
  return {
    session: spendingOf(session, now),
    ...(turn && { run: spendingOf(turn, now) }),
    ...(background && {
      'background-run': {
        usage: background.usage,
        modelCalls: null,
        toolCalls: null,
        turns: null,
        time: Math.max(0, now - background.startedAt),
      },
    }),
  }
}

export function usedOf({ usage, modelCalls, toolCalls, turns, time }: Use, limit: LimitName): number | null {
  switch (limit) {
    case 'totalTokens':
      return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)
    case 'inputTokens':
    case 'outputTokens':
    case 'reasoningTokens':
      return usage[limit] ?? 0
    case 'costUsd':
      return usage.costMicroUsd ?? 0
    case 'modelCalls':
      return modelCalls
    case 'toolCalls':
      return toolCalls
    case 'turns':
      return turns
    case 'wallTime':
      return time
  }
}

/** A server says how much it is, or it is estimated; all else is counted here. */
export function isReported(limit: LimitName): boolean {
  return limit === 'costUsd' || limit.endsWith('Tokens')
}

function spendingOf({ usage, toolCalls, iterations, spent, since }: Counted, now: number): Use {
  const time = spent + (since === null ? 0 : Math.max(0, now - since))
  return { usage, modelCalls: usage.modelCalls, toolCalls, turns: iterations, time }
}
