import { CircleCheck, CircleDashed, CirclePause, CircleSlash, Clock, Gauge } from 'lucide-react'
import type { RunState } from '#shared/run/run-words.ts'
import { Icon } from '../ui/icon.tsx'
import { SessionGlyph } from '../ui/session-state.tsx'

/** The state of a run as a shape and a colour, and as a word for readers. */
export function RunGlyph({ state }: { state: RunState }) {
  switch (state) {
    case 'waiting':
    case 'running':
    case 'failed':
    case 'interrupted':
      return <SessionGlyph state={state} />
    case 'starting':
      return <Icon of={CircleDashed} small className="c-running" label="starting" />
    case 'queued':
      return <Icon of={Clock} small className="ink3" label="queued" />
    case 'paused':
      return <Icon of={CirclePause} small className="ink3" label="paused" />
    case 'completed':
      return <Icon of={CircleCheck} small className="c-ok" label="completed" />
    case 'budget':
      return <Icon of={Gauge} small className="c-danger" label="stopped by its limit" />
    case 'end-chosen':
      return <Icon of={Gauge} small className="ink3" label="stopped at its limit" />
    case 'killed':
      return <Icon of={CircleSlash} small className="ink3" label="stopped" />
  }
}

export const stateTone: Readonly<Record<RunState, string>> = {
  waiting: 'c-waiting med',
  running: 'c-running med',
  starting: 'c-running med',
  queued: 'med',
  paused: 'med',
  completed: '',
  budget: 'c-danger med',
  'end-chosen': '',
  failed: 'c-danger med',
  killed: '',
  interrupted: '',
}
