import { lazy, Suspense, useState } from 'react'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import { removeSession } from '../stores/actions.ts'

const ConfirmDialog = lazy(async () => ({ default: (await import('../ui/confirm-dialog.tsx')).ConfirmDialog }))

/** The answers to single prompts of terminals, which are not listed unless somebody wants to see them. */
export function OneTimeSessions(props: { sessions: readonly SessionSummary[]; shown: boolean; onToggle: () => void }) {
  const { sessions, shown } = props
  const [asks, setAsks] = useState(false)
  const count = sessions.length
  if (count === 0) return null
  const what = count === 1 ? '1 single prompt of a terminal' : `${count} single prompts of terminals`
  return (
    <p className="xs session-aside">
      <button type="button" className="link" aria-expanded={shown} onClick={props.onToggle}>
        {shown ? `Hide ${what}` : `Show ${what}`}
      </button>
      {shown && (
        <button type="button" className="link" onClick={() => setAsks(true)}>
          Remove…
        </button>
      )}
      <Suspense>
        {asks && (
          <ConfirmDialog
            title={`Remove ${what}?`}
            confirm={count === 1 ? 'Remove session' : 'Remove sessions'}
            cancel="Keep them"
            onConfirm={() => {
              for (const { sessionId } of sessions) void removeSession(sessionId)
            }}
            onClose={() => setAsks(false)}
          >
            What was asked and answered is deleted from this computer and cannot be brought back. Files stay as they
            are.
          </ConfirmDialog>
        )}
      </Suspense>
    </p>
  )
}
