import { create } from 'zustand'
import type { SessionSummary } from '#shared/feed/app-state.ts'
import type { SessionId } from '#shared/ids.ts'
import { goesOn } from '#shared/session/session-state.ts'
import { useAppStore } from './app-store.ts'
import { useRouteStore } from './route-store.ts'

/** Sessions that came to an end while nobody looked at them. */
export const useUnseenStore = create<{ unseen: ReadonlySet<SessionId> }>()(() => ({ unseen: new Set() }))

/** Marks what ends elsewhere, and takes the mark away when a person looks. Called once. */
export function followEnds(): void {
  let before = states(useAppStore.getState().sessions)
  useAppStore.subscribe(({ sessions }, { sessions: earlier }) => {
    if (sessions === earlier) return
    const ended = sessions.filter(({ sessionId, state }) => {
      const last = before.get(sessionId)
      return last !== undefined && goesOn(last) && !goesOn(state) && !isLookedAt(sessionId)
    })
    const now = states(sessions)
    // Not those that are not known yet: at the start the list is empty.
    const removed = [...before.keys()].filter((id) => !now.has(id))
    before = now
    const unseen = new Set([...useUnseenStore.getState().unseen].filter((id) => !removed.includes(id)))
    for (const { sessionId } of ended) unseen.add(sessionId)
    // Whoever goes on is not at its end.
    for (const { sessionId, state } of sessions) if (goesOn(state)) unseen.delete(sessionId)
    if (!isSame(unseen, useUnseenStore.getState().unseen)) useUnseenStore.setState({ unseen })
  })
  const check = () => {
    const { unseen } = useUnseenStore.getState()
    const seen = [...unseen].filter(isLookedAt)
    if (seen.length > 0) useUnseenStore.setState({ unseen: new Set([...unseen].filter((id) => !seen.includes(id))) })
  }
  useRouteStore.subscribe(check)
  document.addEventListener('visibilitychange', check)
}

/** A person looks at it elsewhere than in a chat. */
export function markSeen(sessionId: SessionId): void {
  const { unseen } = useUnseenStore.getState()
  if (unseen.has(sessionId)) useUnseenStore.setState({ unseen: new Set([...unseen].filter((id) => id !== sessionId)) })
}

function isLookedAt(sessionId: SessionId): boolean {
  const { page, sessionId: open } = useRouteStore.getState()
  return page === 'chat' && open === sessionId && document.visibilityState === 'visible'
}

function states(sessions: readonly SessionSummary[]) {
  return new Map(sessions.map(({ sessionId, state }) => [sessionId, state]))
}

function isSame(a: ReadonlySet<SessionId>, b: ReadonlySet<SessionId>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id))
}
