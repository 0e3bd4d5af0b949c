import { CircleAlert, Clock, Hand } from 'lucide-react'
import type { SessionId } from '#shared/ids.ts'
import { phaseWords } from '#shared/session/phase-words.ts'
import type { Activity, SessionView } from '#shared/session/session-view.ts'
import { formatDuration, formatWait } from '../lib/format.ts'
import { silentFor, tokenRate } from '../stores/rate.ts'
import { useChatSession, useView } from '../stores/shown-chat.ts'
import { useSeconds } from '../ui/elapsed.tsx'
import { Icon } from '../ui/icon.tsx'
import { KeyCap } from '../ui/key-cap.tsx'
import { Meter } from '../ui/meter.tsx'
import { Ring } from '../ui/ring.tsx'
import { StopButton } from '../ui/stop-button.tsx'
import { isSilent, isStreaming, phaseDetail } from './phase-words.ts'

/** What the running turn is doing, above the message box. Seconds and speed are for the eye, not announced. */
export function PhaseLine() {
  const sessionId = useChatSession()
  const activity = useView((view) => view.activity)
  return sessionId && activity ? <RunningPhase sessionId={sessionId} activity={activity} /> : null
}

function RunningPhase({ sessionId, activity }: { sessionId: SessionId; activity: Activity }) {
  const now = useSeconds()
  const detail = useView((view) => phaseDetail(activity, view))
  const silence = silentFor(sessionId)
  const silent = isSilent(activity.phase, silence)
  const since = useView((view) => waitsSince(view)) ?? activity.since
  const waited = Math.max(0, now - since)
  const rate = isStreaming(activity.phase) ? tokenRate(sessionId) : null
  // A place in a queue is all that there is to say; elsewhere the detail is what a narrow window can do without.
  const wide = activity.phase === 'queued' ? '' : 'hide-s'
  const percent = activity.progress === undefined ? null : Math.round(activity.progress * 100)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="phase" role="group" aria-label="Phase">
      <PhaseIcon phase={activity.phase} silent={silent} />
      <span>
        <b>{silent ? 'no sign of life' : phaseWords[activity.phase]}</b>
        {percent !== null && ` ${percent} %`}
      </span>
      {percent !== null && (
        <Meter label="Prompt read" text={`${percent} percent`} share={percent / 100} className="calm" />
      )}
      <span className="sep">·</span>
      <span>
        {silent
          ? `for ${formatDuration(silence)}`
          : activity.phase === 'waiting-approval'
            ? formatWait(waited)
            : formatDuration(waited)}
      </span>
      {silent && (
        // Not "Stop": that name belongs to the one button of the composer.
        <StopButton sessionId={sessionId} className="link xs">
          End it
        </StopButton>
      )}
      {rate !== null && !silent && (
        <>
          <span className="sep">·</span>
          <span title="Estimated from the text that came">≈ {Math.round(rate)} tok/s</span>
        </>
      )}
      {detail && !silent && (
        <>
          <span className={`sep ${wide}`}>·</span>
          <span className={`cut ${wide}`} title={detail}>
            {detail}
          </span>
        </>
      )}
      <span className="end row xs ink3 hide-s" aria-hidden="true">
        <KeyCap text="Esc" />
        stops
      </span>
    </div>
  )
}

function PhaseIcon(props: { phase: string; silent: boolean }) {
  if (props.silent) return <Icon of={CircleAlert} small className="c-warn" />
  if (props.phase === 'waiting-approval') return <Icon of={Hand} small className="c-waiting" />
  if (props.phase === 'queued' || props.phase === 'paused') return <Icon of={Clock} small className="ink3" />
  return <Ring />
}

/** Since when a question waits, as its card counts it; null = none does. */
function waitsSince({ approvals, budgetRequest }: SessionView): number | null {
  return approvals[0]?.since ?? budgetRequest?.since ?? null
}
