import { create } from 'zustand'
import type { SessionId } from '#shared/ids.ts'

export type Page = 'chat' | 'background' | 'budgets' | 'backends' | 'settings'

interface RouteStore {
  page: Page
  /** The chat that is open, or was open last; null = a new one. */
  sessionId: SessionId | null
  /** Somebody went somewhere since the page was loaded. */
  moved: boolean
  /** Without a session the one that was open last stays; null opens a new chat. */
  go(page: Page, sessionId?: SessionId | null): void
}

export const useRouteStore = create<RouteStore>()((set) => ({
  page: 'chat',
  sessionId: null,
  moved: false,
  go: (page, sessionId) => set({ page, moved: true, ...(sessionId !== undefined && { sessionId }) }),
}))
