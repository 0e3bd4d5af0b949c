import type { Failure } from '#shared/failure.ts'
import type { BudgetStop } from '#shared/limits/budget.ts'
import { exitCodeOfEnd } from '#shared/session/exit-code.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { TurnEnd } from '#shared/session/session-view.ts'
import type { VerifyResult } from '#shared/session/verify-result.ts'
import type { Usage } from '#shared/spending/usage.ts'
import { addModelCall, addUsage, noUsage, wasCounted } from '#shared/spending/usage-totals.ts'
import type { VerifyMark } from '#shared/verify/verify-command.ts'
import { failureWords } from '../terminal/failure-words.ts'
import { jsonUsage } from '../terminal/json-usage.ts'

/** What a run came to: the part of `run-end` that its events tell. */
export interface RunTotals {
  /** The text of the last answer that had any. */
  finalText: string
  /** Iterations: calls whose answer belongs to the conversation. */
  turns: number
  modelCalls: number
  toolCalls: number
  usage: Usage
  /** How its work was checked; null = it was not. */
  verify: VerifyResult | null
}

/** What one run came to so far, folded from its events. */
export class RunRecord {
  #usage = noUsage
  #iterations = 0
  #toolCalls = 0
  #finalText = ''
  #answer = ''
  #verify: VerifyResult | null = null

  apply(event: SessionEvent): void {
    if (event.type === 'model-call-start') {
      this.#usage = addModelCall(this.#usage)
      if (event.purpose) return
      this.#iterations++
      this.#answer = ''
    } else if (event.type === 'text-delta') {
      this.#answer += event.text
      this.#finalText = this.#answer
    } else if (event.type === 'usage') {
      this.#usage = addUsage(this.#usage, event.usage)
    } else if (event.type === 'tool-end') {
      if (event.outcome !== 'not-run') this.#toolCalls++
      if (event.verify)
        this.#verify = { command: event.verify.command, ok: event.outcome === 'done', rounds: event.verify.round }
    }
  }

  totals(): RunTotals {
    const { modelCalls, source, ...usage } = this.#usage
    return {
      finalText: this.#finalText,
      turns: this.#iterations,
      modelCalls,
      toolCalls: this.#toolCalls,
      verify: this.#verify,
      usage: { ...usage, source: wasCounted(this.#usage) ? source : 'unknown' },
    }
  }
}

type ToolEnd = Extract<SessionEvent, { type: 'tool-end' }>

/** One line of `--json` (docs/contracts.md). */
export type JsonLine = { type: string; seq: number; at: number } & Record<string, unknown>

/** The lines that one event is worth; most are one, some none. */
export function jsonLine(
  event: SessionEvent,
  run: { sessionId: string; profile: string; model: string; cwd: string; runId?: string },
  totals: () => RunTotals,
): JsonLine | null {
  const { type, seq, at } = event
  switch (event.type) {
    case 'turn-start':
    case 'turn-resume':
      return { type: 'run-start', seq, at, sessionId: run.sessionId, runId: run.runId ?? event.turnId, ...pick(run) }
    case 'text-delta':
    case 'reasoning-delta':
      return { type, seq, at, text: event.text }
    case 'tool-start': {
      // Told when it has ended, as `verify`.
      if (event.verify) return null
      const { callId, name, recovered } = event
      return { type, seq, at, callId, name, arguments: event.arguments, recovered }
    }
    case 'tool-end':
      if (event.verify) return verifyLine(event, event.verify)
      return { type, seq, at, callId: event.callId, ok: event.outcome === 'done', output: event.output }
    case 'usage':
      return { type, seq, at, ...jsonUsage(event.usage) }
    case 'warning':
      return { type, seq, at, code: event.code, message: event.message }
    case 'turn-end':
      return runEnd(event, event, totals())
    default:
      return null
  }
}

/** How a check went: the model reads its output only if it failed. */
function verifyLine({ seq, at, outcome, output, exitCode }: ToolEnd, { command, round }: VerifyMark): JsonLine {
  return { type: 'verify', seq, at, command, ok: outcome === 'done', round, exitCode: exitCode ?? null, output }
}

/** The last line of every run, also of one that never began. */
export function runEnd(stamp: { seq: number; at: number }, end: TurnEnd, totals: RunTotals): JsonLine {
  const { reason, failure, budget } = end
  return {
    type: 'run-end',
    seq: stamp.seq,
    at: stamp.at,
    // Whoever reads this saw the turn end; "interrupted" is written by the next one who opens the session.
    reason: reason === 'interrupted' ? 'aborted' : reason,
    exitCode: exitCodeOfEnd(end),
    ...totals,
    usage: jsonUsage(totals.usage),
    budget: budget && publicBudget(budget),
    failure: failure && publicFailure(failure),
  }
}

function pick({ profile, model, cwd }: { profile: string; model: string; cwd: string }) {
  return { profile, model, cwd }
}

/** `costUsd` in USD as its name says; everything else as it is counted (`wallTime` in milliseconds). */
function publicBudget({ limit, allowed, used }: BudgetStop): BudgetStop {
  const unit = limit === 'costUsd' ? 1_000_000 : 1
  return { limit, allowed: allowed / unit, used: used / unit }
}

function publicFailure(value: Failure) {
  const { code, retryable, retryAfterMs } = value
  return { code, message: failureWords(value), retryable, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
