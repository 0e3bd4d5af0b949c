import { Layers, Undo2 } from 'lucide-react'
import type { SessionId } from '#shared/ids.ts'
import { isOver } from '#shared/run/run-words.ts'
import { useAppStore } from '../stores/app-store.ts'
import { useRouteStore } from '../stores/route-store.ts'
import { sendToBackground, takeFromBackground, useMoving } from '../stores/run-actions.ts'
import { goToRun } from '../stores/run-place.ts'
import { useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'
import { Ring } from '../ui/ring.tsx'

/** A chat ends with the window, a run does not: says which this is, and makes one of the other. */
export function BackgroundSwitch({ sessionId }: { sessionId: SessionId }) {
  const run = useAppStore(({ runs }) => runs.find((one) => one.sessionId === sessionId && !isOver(one)))
  const moves = useMoving(({ ids }) => ids.has(sessionId))
  const comesBack = useMoving(({ ids }) => run !== undefined && ids.has(run.runId))
  const runsCommand = useView((view) => view.activity?.phase === 'running-tool') === true
  const moving = runsCommand ? 'Moves when the command is over' : 'Moving…'
  const begun = useView((view) => view.turns.length > 0) === true
  if (run) {
    return (
      <span className="end row">
        <button
          type="button"
          className="link xs"
          onClick={() => {
            goToRun(run.runId)
            useRouteStore.getState().go('background')
          }}
        >
          in the background
        </button>
        {run.usable && (
          <button
            type="button"
            className="btn quiet sm"
            aria-disabled={comesBack}
            title="It becomes a chat of this window again, and ends with it"
            onClick={() => void takeFromBackground(run.runId)}
          >
            {comesBack ? <Ring small /> : <Icon of={Undo2} small />}
            {comesBack ? moving : 'Take back'}
          </button>
        )}
      </span>
    )
  }
  if (!begun) return null
  return (
    <button
      type="button"
      className="btn quiet sm end"
      aria-label={moves ? moving : 'Move to the background'}
      aria-disabled={moves}
      title={moves ? undefined : 'It goes on without the window'}
      onClick={() => void sendToBackground(sessionId)}
    >
      {moves ? <Ring small /> : <Icon of={Layers} small />}
      <span className="wide">{moves ? moving : 'Move to the background'}</span>
    </button>
  )
}
