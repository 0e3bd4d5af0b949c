import type { SessionId } from '#shared/ids.ts'
import type { WindowMemory } from '#shared/settings/window-memory.ts'
import { request } from '../bridge/bridge.ts'
import { WINDOW } from './app-actions.ts'
import { useAppStore } from './app-store.ts'
import { useDraftStore } from './draft-store.ts'
import { MemoryKeeper } from './memory-keeper.ts'
import { clearProblem, reportProblem } from './problem-store.ts'
import { useRouteStore } from './route-store.ts'
import { useUnseenStore } from './unseen-store.ts'

/** Brings back what the window knew when it was last there, and keeps it from then on. Called once. */
export async function startRemembering(): Promise<void> {
  const reply = await request('window.recall', {})
  if (reply.ok) restore(reply.value)
  const keeper = new MemoryKeeper(
    {
      current,
      save: (change) => request('window.remember', { change }),
      onFailure: (failure) => (failure ? reportProblem(WINDOW, failure) : clearProblem(WINDOW)),
    },
    // What the disk has, and not what the page has yet: the chat that was open may be opened, and left again, a moment later.
    reply.ok ? reply.value : current(),
  )
  const changed = () => keeper.changed()
  useDraftStore.subscribe(changed)
  useRouteStore.subscribe(changed)
  useUnseenStore.subscribe(changed)
  const leaves = () => keeper.saveNow()
  window.addEventListener('blur', leaves)
  // A window that is closed into the tray, or with the app, goes without a pause.
  window.addEventListener('pagehide', leaves)
}

function restore({ drafts, newChat, open, unseen }: WindowMemory): void {
  // What was typed before it came is newer.
  useDraftStore.setState((here) => ({ drafts: { ...drafts, ...here.drafts }, newChat }))
  useUnseenStore.setState({ unseen: new Set(unseen) })
  if (open !== null) openWhenKnown(open)
}

/**
 * The chat that was open is opened again as soon as it is known that it is still there, unless the app was started for
 * another folder or the person went somewhere meanwhile.
 */
function openWhenKnown(open: SessionId): void {
  const check = () => {
    const { ready, sessions, environment } = useAppStore.getState()
    const route = useRouteStore.getState()
    if (route.page !== 'chat' || route.sessionId !== null || route.moved) return true
    const session = ready ? sessions.find(({ sessionId }) => sessionId === open) : undefined
    if (!session) return false
    if (environment.startFolder === null || environment.startFolder === session.cwd) route.go('chat', open)
    return true
  }
  if (check()) return
  const stop = useAppStore.subscribe(() => check() && stop())
}

function current(): WindowMemory {
  const { drafts, newChat } = useDraftStore.getState()
  const { sessionId } = useRouteStore.getState()
  return { drafts, newChat, open: sessionId, unseen: [...useUnseenStore.getState().unseen] }
}
