import type { RunChanges } from '#shared/background.ts'
import { planOf } from '#shared/plan.ts'
import type { SessionEvent } from '#shared/session-event.ts'
import { type SessionView, sessionState, type TurnView } from '#shared/session-view.ts'
import type { Usage } from '#shared/usage.ts'
import { addUsage, noUsage, type UsageTotals } from '#shared/usage-totals.ts'
import { estimateTokens } from '../agent/estimate-tokens.ts'
import type { RunEntry } from './run-entry.ts'

/** The speed of an answer is that of its last seconds. Milliseconds. */
const SPEED_WINDOW_MS = 3_000
/** Before there is so much of it, a speed is noise. Milliseconds. */
const SPEED_MINIMUM_MS = 500

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
>

/** What lists say of a running run, folded from its session's events. */
export class RunProgress {
  /** Turns of the session before this run. */
  readonly #turnsBefore: number
  #written: { at: number; tokens: number }[] = []

  constructor(view: SessionView) {
    this.#turnsBefore = view.turns.length - (view.activity ? 1 : 0)
  }

  take(event: SessionEvent): void {
    if (event.type === 'text-delta' || event.type === 'reasoning-delta') {
      const from = event.at - SPEED_WINDOW_MS
      this.#written = [
        ...this.#written.filter(({ at }) => at >= from),
        { at: event.at, tokens: estimateTokens(event.text.length) },
      ]
    } else if (event.type === 'model-call-end' || event.type === 'turn-end') this.#written = []
  }

  of(view: SessionView): Progress {
    const { profile, activity, approvals, turns } = view
    const newest = turns.slice(this.#turnsBefore).at(-1)
    const plan = newest ? planOf(newest) : null
    return {
      status: sessionState(view) === 'waiting' ? 'waiting-approval' : 'running',
      title: view.title,
      profileId: profile.profileId,
      profileName: profile.profileName,
      model: profile.model,
      permissions: view.permissions,
      usage: this.usage(view),
      phase: activity?.phase ?? null,
      phaseDetail: activity?.detail ?? '',
      tokensPerSecond: this.#speed(),
      approvals: [...approvals],
      queuedBefore: activity?.queuedBefore ?? null,
      waitsUntil: earliest(approvals.flatMap(({ until }) => until ?? [])),
      plan: plan && { done: plan.done, total: plan.total },
      changes: changesOf(turns.slice(this.#turnsBefore)),
    }
  }

  /** Of this run alone. */
  usage(view: SessionView): Usage {
    const totals = view.turns.slice(this.#turnsBefore).reduce((sum, turn) => plus(sum, turn.usage), noUsage)
    const { modelCalls: _, ...usage } = totals
    // A call that goes on has been counted, and said nothing yet.
    return usage.inputTokens === null && usage.outputTokens === null ? { ...usage, source: 'unknown' } : usage
  }

  #speed(): number | null {
    const [first] = this.#written
    const last = this.#written.at(-1)
    if (!first || !last || last.at - first.at < SPEED_MINIMUM_MS) return null
    // What came first was written before the time that is counted.
    const tokens = this.#written.slice(1).reduce((sum, one) => sum + one.tokens, 0)
    return Math.round((tokens / (last.at - first.at)) * 10_000) / 10
  }
}

/** A file that was changed twice is one file. */
function changesOf(turns: readonly TurnView[]): RunChanges | null {
  const files = new Set<string>()
  let added = 0
  let removed = 0
  for (const { items } of turns) {
    for (const item of items) {
      if (item.kind !== 'tool' || item.state !== 'done' || !item.diff) continue
      files.add(item.diff.path)
      added += item.diff.added
      removed += item.diff.removed
    }
  }
  return files.size > 0 ? { files: files.size, added, removed } : null
}

function earliest(times: readonly number[]): number | null {
  return times.length > 0 ? Math.min(...times) : null
}

function plus(sum: UsageTotals, turn: UsageTotals): UsageTotals {
  const { modelCalls } = turn
  // A turn without a call says nothing of where numbers come from.
  return modelCalls === 0 ? sum : { ...addUsage(sum, turn), modelCalls: sum.modelCalls + modelCalls }
}
