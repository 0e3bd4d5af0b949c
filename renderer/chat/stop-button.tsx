import { type ReactNode, useLayoutEffect, useRef } from 'react'
import type { SessionId } from '#shared/ids.ts'
import { focusMessage } from '../app/focus.ts'
import { stopTurn } from '../stores/actions.ts'

interface StopButtonProps {
  sessionId: SessionId
  className: string
  /** Its name, where its text says too little. */
  name?: string
  shortcut?: string
  children: ReactNode
}

/** Ends the turn. It goes away with what it ends: then the focus, if it was here, goes to where a person goes on. */
export function StopButton({ sessionId, className, name, shortcut, children }: StopButtonProps) {
  const button = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const element = button.current
    // At this time it is still in the page.
    return () => {
      if (element && element === document.activeElement) focusMessage()
    }
  }, [])
  return (
    <button
      ref={button}
      type="button"
      className={className}
      aria-label={name}
      aria-keyshortcuts={shortcut}
      onClick={() => void stopTurn(sessionId)}
    >
      {children}
    </button>
  )
}
