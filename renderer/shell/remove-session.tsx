import type { SessionSummary } from '#shared/feed/app-state.ts'
import { goesOn } from '#shared/session/session-state.ts'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { sessionTitle } from './session-row.tsx'

export default function RemoveSession(props: { session: SessionSummary; onRemove: () => void; onClose: () => void }) {
  const running = goesOn(props.session.state)
  return (
    <ConfirmDialog
      title={`Remove “${sessionTitle(props.session)}”?`}
      confirm="Remove session"
      cancel="Keep it"
      onConfirm={props.onRemove}
      onClose={props.onClose}
    >
      {running && 'Its turn is still going on and is stopped. '}
      The conversation is deleted from this computer and cannot be brought back. Files in its folder stay as they are.
    </ConfirmDialog>
  )
}
