import { Layers, Undo2 } from 'lucide-react'
import type { SessionId } from '#shared/ids.ts'
import { isOver } from '#shared/run/run-words.ts'
import { useAppStore } from '../stores/app-store.ts'
import { useRouteStore } from '../stores/route-store.ts'
import { sendToBackground, takeFromBackground } from '../stores/run-actions.ts'
import { goToRun } from '../stores/run-place.ts'
import { useView } from '../stores/shown-chat.ts'
import { Icon } from '../ui/icon.tsx'

/** A chat ends with the window, a run does not: says which this is, and makes one of the other. */
export function BackgroundSwitch({ sessionId }: { sessionId: SessionId }) {
  const run = useAppStore(({ runs }) => runs.find((one) => one.sessionId === sessionId && !isOver(one)))
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
            title="It becomes a chat of this window again, and ends with it"
            onClick={() => void takeFromBackground(run.runId)}
          >
            <Icon of={Undo2} small />
            Take back
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
      aria-label="Move to the background"
      title="It goes on without the window"
      onClick={() => void sendToBackground(sessionId)}
    >
      <Icon of={Layers} small />
      <span className="wide">Move to the background</span>
    </button>
  )
}
