import { createContext, useContext } from 'react'
import type { SessionId } from '#shared/ids.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import { NEW_CHAT } from './actions.ts'
import { useSessionStore } from './session-store.ts'

/** The session that the page shows; null = a new chat. */
export const ChatSession = createContext<SessionId | null>(null)

export function useChatSession(): SessionId | null {
  return useContext(ChatSession)
}

/** The key of the chat that the page shows: by it problems are shown and drafts are kept. */
export function useChatKey(): string {
  return useChatSession() ?? NEW_CHAT
}

/** A part of the session's view; null in a new chat, and until the view is here. Select what stays the same object. */
export function useView<T>(select: (view: SessionView) => T): T | null {
  const sessionId = useChatSession()
  return useSessionStore(({ sessions }) => {
    const view = sessionId && sessions[sessionId]?.view
    return view ? select(view) : null
  })
}
