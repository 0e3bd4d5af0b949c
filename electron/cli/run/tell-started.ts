import type { RunId, SessionId } from '#shared/ids.ts'
import { paint, type Screen } from '../terminal/output.ts'

/** What a person or a script needs to come back to a run. */
export function tellStarted({ out, side }: Screen, ids: { runId: RunId; sessionId: SessionId }, json: boolean): void {
  if (json) {
    out.write(`${JSON.stringify(ids)}\n`)
    return
  }
  out.write(`run      ${ids.runId}\nsession  ${ids.sessionId}\n`)
  const look = `Look in with: claw agent-attach ${ids.runId}`
  if (side.terminal) side.write(`${paint(side, 'dim', `It goes on by itself. ${look}`)}\n`)
}
