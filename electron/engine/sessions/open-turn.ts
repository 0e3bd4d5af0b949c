import type { SendOptions } from '#shared/session/send-options.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import type { BegunRun, CostlyCall } from '../budget/begun-run.ts'
import { SessionCounts } from './session-counts.ts'

/** A turn that nobody ended, as its journal tells it: how it is run, and what it came to so far. */
export interface OpenTurn {
  options: SendOptions
  begun: BegunRun
}

/** Of a journal from its beginning; null = its last turn has an end, or there is none. */
export function openTurnOf(entries: readonly SessionEntry[]): OpenTurn | null {
  const start = entries.findLastIndex(({ type }) => type === 'turn-start')
  const first = entries[start]
  if (first?.type !== 'turn-start') return null
  // Taken up again, it is a run of its own: what it came to before counts for the session only.
  const from = Math.max(
    start,
    entries.findLastIndex(({ type }) => type === 'turn-resume'),
  )
  const own = entries.slice(from)
  if (own.some(({ type }) => type === 'turn-end')) return null
  const session = new SessionCounts()
  const whoAnswered = entries.slice(0, from).filter(({ type }) => type === 'session-start' || type === 'profile')
  for (const entry of [...whoAnswered, ...own]) session.apply(entry)
  return {
    options: first.options ?? {},
    begun: { startedAt: own[0]?.at ?? first.at, counts: session.counts, calls: callsIn(own), raises: raisesIn(own) },
  }
}

/** How the newest turn of a journal is run. */
export function newestOptions(entries: readonly SessionEntry[]): SendOptions {
  const start = entries.findLast((entry) => entry.type === 'turn-start')
  return start?.options ?? {}
}

function callsIn(entries: readonly SessionEntry[]): CostlyCall[] {
  const calls: CostlyCall[] = []
  let name = ''
  for (const entry of entries) {
    if (entry.type === 'model-call-start') {
      name = `${entry.purpose ?? `model call ${calls.length + 1}`}, ${entry.model}`
    } else if (entry.type === 'usage') {
      const { inputTokens, outputTokens, costMicroUsd } = entry.usage
      calls.push({ label: name, tokens: (inputTokens ?? 0) + (outputTokens ?? 0), costMicroUsd })
    }
  }
  return calls
}

function raisesIn(entries: readonly SessionEntry[]): BegunRun['raises'] {
  return entries.flatMap((entry, index) => {
    if (entry.type !== 'budget-answer' || entry.answer.choice !== 'raise') return []
    const asked = entries.slice(0, index).findLast((earlier) => earlier.type === 'budget-request')
    return asked ? [{ stop: asked.stop, to: entry.answer.to }] : []
  })
}
