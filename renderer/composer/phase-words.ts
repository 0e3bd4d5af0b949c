import { runningTarget } from '#shared/session/phase-words.ts'
import type { Phase } from '#shared/session/session-event.ts'
import type { Activity, SessionView } from '#shared/session/session-view.ts'

/** Phases in which text comes, so that a speed can be told. */
const streaming: ReadonlySet<Phase> = new Set(['thinking', 'writing'])

export function isStreaming(phase: Phase): boolean {
  return streaming.has(phase)
}

/** Phases in which a long silence is normal. */
const patient: ReadonlySet<Phase> = new Set([
  'running-tool',
  'waiting-approval',
  'loading-model',
  'paused',
  'queued',
  'reading-prompt',
])

/** After how many milliseconds of silence it is said. */
const SILENCE = 30_000

export function isSilent(phase: Phase, silentFor: number): boolean {
  return !patient.has(phase) && silentFor > SILENCE
}

/** What stands after the seconds: the running command, or what the server told. */
export function phaseDetail(activity: Activity, view: SessionView): string {
  if (activity.phase === 'running-tool') {
    return runningTarget(view) || (activity.detail ?? '')
  }
  if (activity.phase === 'writing' && activity.detail) return `a call of ${activity.detail}`
  if (activity.phase === 'loading-model') return activity.detail ?? 'up to 2 min is normal'
  return activity.detail ?? ''
}
