import type { Limits } from '#shared/limits/budget.ts'
import { setterOf } from '#shared/limits/effective-limits.ts'
import { runningTarget } from '#shared/session/phase-words.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import { sessionState } from '#shared/session/session-state.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { TokenMeter } from '#shared/session/token-meter.ts'
import { verifyResult } from '#shared/session/verify-result.ts'
import type { Usage } from '#shared/spending/usage.ts'
import { addUsage, noUsage, type UsageTotals } from '#shared/spending/usage-totals.ts'
import type { RunEntry } from '../runs/run-entry.ts'
import { RunWork } from '../runs/run-work.ts'

type Progress = Pick<
  RunEntry['run'],
  | 'status'
  | 'title'
  | 'profileId'
  | 'profileName'
  | 'model'
  | 'permissions'
  | 'usage'
  | 'phase'
  | 'phaseDetail'
  | 'tokensPerSecond'
  | 'approvals'
  | 'queuedBefore'
  | 'waitsUntil'
  | 'plan'
  | 'changes'
  | 'limits'
  | 'verify'
>

/** What lists say of a running run, folded from its session's events. */
export class RunProgress {
  /** Turns of the session before this run. */
  readonly #turnsBefore: number
  readonly #work: RunWork
  readonly #meter = new TokenMeter()
  readonly #limits: Limits

  /** `goesOn`: the run goes on with the newest turn. `limits`: those that it was started with. */
  constructor(view: SessionView, goesOn: boolean, limits: Limits) {
    this.#limits = limits
    this.#turnsBefore = view.turns.length - (goesOn ? 1 : 0)
    this.#work = new RunWork(view.turns, goesOn)
  }

  /** Folds an event of the session. `view`: that of the session, with the event in it. */
  apply(event: SessionEvent, view: SessionView): void {
    this.#work.apply(event, view)
    this.#meter.apply(event)
  }

  of(view: SessionView): Progress {
    const { profile, activity, approvals } = view
    return {
      status: sessionState(view) === 'waiting' ? 'waiting-approval' : 'running',
      title: view.title,
      profileId: profile.profileId,
      profileName: profile.profileName,
      model: profile.model,
      permissions: view.permissions,
      usage: this.usage(view),
      phase: activity?.phase ?? null,
      phaseDetail: (activity?.phase === 'running-tool' && runningTarget(view)) || (activity?.detail ?? ''),
      tokensPerSecond: rounded(this.#meter.perSecond()),
      approvals: [...approvals],
      queuedBefore: activity?.queuedBefore ?? null,
      waitsUntil: earliest(approvals.flatMap(({ until }) => until ?? [])),
      plan: this.#work.plan,
      changes: this.#work.changes(),
      limits: withOwnRaises(this.#limits, view.turns.slice(this.#turnsBefore)),
      verify: verifyResult(view.turns.at(-1)?.items ?? []),
    }
  }

  /** What this run alone has used, without the turns that its session had before. */
  usage(view: SessionView): Usage {
    const totals = view.turns.slice(this.#turnsBefore).reduce((sum, turn) => plus(sum, turn.usage), noUsage)
    const { modelCalls: _, ...usage } = totals
    // A call that goes on has been counted, and said nothing yet.
    return usage.inputTokens === null && usage.outputTokens === null ? { ...usage, source: 'unknown' } : usage
  }
}

/** The limits of a run, with what a person raised of them since. */
function withOwnRaises(limits: Limits, turns: SessionView['turns']): Limits {
  const raised: Limits = { ...limits }
  for (const item of turns.flatMap(({ items }) => items)) {
    if (item.kind !== 'notice' || !item.atLimit) continue
    const { answer, stop } = item.atLimit
    // A limit of a day or a session is raised for the run, and is none of the run's own.
    if (answer.choice !== 'raise' || !stop || setterOf(stop)?.kind !== 'run') continue
    const now = raised[stop.limit]
    if (now !== undefined) raised[stop.limit] = Math.max(now, answer.to)
  }
  return raised
}

/** To a tenth: what is written into the registry is for eyes. */
function rounded(speed: number | null): number | null {
  return speed === null ? null : Math.round(speed * 10) / 10
}

function earliest(times: readonly number[]): number | null {
  return times.length > 0 ? Math.min(...times) : null
}

function plus(sum: UsageTotals, turn: UsageTotals): UsageTotals {
  const { modelCalls } = turn
  // A turn without a call says nothing of where numbers come from.
  return modelCalls === 0 ? sum : { ...addUsage(sum, turn), modelCalls: sum.modelCalls + modelCalls }
}
