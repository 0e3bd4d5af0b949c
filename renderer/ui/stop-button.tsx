import type { ReactNode } from 'react'
import type { SessionId } from '#shared/ids.ts'
import { stopTurn } from '../stores/actions.ts'

import { LeavingButton } from './leaving-button.tsx'

interface StopButtonProps {
  sessionId: SessionId
  className: string
  /** Its name, where its text says too little. */
  name?: string
  shortcut?: string
  children: ReactNode
}

/** Ends the turn, and goes away with it. */
export function StopButton({ sessionId, className, name, shortcut, children }: StopButtonProps) {
  return (
    <LeavingButton
      className={className}
      aria-label={name}
      aria-keyshortcuts={shortcut}
      onClick={() => void stopTurn(sessionId)}
    >
      {children}
    </LeavingButton>
  )
}
