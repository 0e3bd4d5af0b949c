import { CircleAlert, CircleDashed, Clock, Gauge, Hand, Square } from 'lucide-react'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { DEMO_LABEL } from '#shared/profile/presets.ts'
import type { SessionState } from '#shared/session/session-state.ts'
import { Icon } from './icon.tsx'
import { Ring } from './ring.tsx'
import './session-state.css'

/** The glyph of a session and its word for readers; an idle session has neither. */
export function SessionGlyph(props: { state: SessionState }) {
  switch (props.state) {
    case 'idle':
      return null
    case 'running':
      return <Ring label="running" small />
    case 'queued':
      return <Icon of={Clock} small className="ink3" label="queued" />
    case 'stopped':
      return <Icon of={Square} small className="ink3" label="stopped" />
    case 'waiting':
      return <Icon of={Hand} className="c-waiting" label="waiting for you" />
    case 'interrupted':
      return <Icon of={CircleDashed} small className="ink3" label="interrupted" />
    case 'failed':
      return <Icon of={CircleAlert} small className="c-danger" label="failed" />
    case 'budget':
      return <Icon of={Gauge} small className="c-warn" label="stopped by budget" />
    default:
      return assertNever(props.state)
  }
}

const noteTone: Record<SessionState, string> = {
  idle: 'ink3',
  running: 'c-running',
  queued: 'ink3',
  stopped: 'ink3',
  waiting: 'c-waiting',
  interrupted: 'ink3',
  failed: 'c-danger',
  budget: 'c-warn',
}

/** The second line of a row, only where the state needs words or a demo answers. */
export function SessionNote(props: { session: SessionSummary }) {
  const { state, demo, asks } = props.session
  const note = props.session.note || (state === 'interrupted' ? 'interrupted, can go on' : '')
  if (note === '' && !demo) return null
  return (
    <span className={`session-note cut ${note === '' ? 'ink3' : noteTone[state]}`}>
      {asks === undefined ? (
        note
      ) : (
        <>
          needs you: <span className="mono">{asks}</span>
        </>
      )}
      {demo && <span className="ink3">{note === '' ? DEMO_LABEL : ` · ${DEMO_LABEL}`}</span>}
    </span>
  )
}
