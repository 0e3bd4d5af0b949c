import type { SessionId } from '#shared/ids.ts'
import type { WindowMemory, WindowMemoryChange } from '#shared/window-memory.ts'
import { request } from '../bridge/bridge.ts'
import { useDraftStore } from '../chat/draft-store.ts'
import { useAppStore } from './app-store.ts'
import { reportProblem } from './problem-store.ts'
import { useRouteStore } from './route-store.ts'
import { useUnseenStore } from './unseen-store.ts'

/** After so many milliseconds without a key what was written goes to the disk; while somebody types without a pause, this often. */
const PAUSE = 300

/** Brings back what the window knew when it was last there, and keeps it from then on. Called once. */
export async function startRemembering(): Promise<void> {
  const reply = await request('window.recall', {})
  if (reply.ok) restore(reply.value)
  // What the disk has, and not what the page has yet: the chat that was open may be opened, and left again, a moment later.
  let kept = reply.ok ? reply.value : current()
  let isWaiting = false
  const save = () => {
    isWaiting = false
    const now = current()
    const change = changeBetween(kept, now)
    kept = now
    if (Object.keys(change).length === 0) return
    void request('window.remember', { change }).then((saved) => {
      // The same sentence again with each pause would be in the way: it stays until it is closed.
      if (!saved.ok) reportProblem('window', saved.failure)
    })
  }
  const changed = () => {
    if (!isWaiting) window.setTimeout(save, PAUSE)
    isWaiting = true
  }
  useDraftStore.subscribe(changed)
  useRouteStore.subscribe(changed)
  useUnseenStore.subscribe(changed)
  // A window that is closed into the tray goes without a pause.
  window.addEventListener('pagehide', save)
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
  const look = () => {
    const { ready, sessions, environment } = useAppStore.getState()
    const route = useRouteStore.getState()
    if (route.page !== 'chat' || route.sessionId !== null || route.moved) return true
    const session = ready ? sessions.find(({ sessionId }) => sessionId === open) : undefined
    if (!session) return false
    if (environment.startFolder === null || environment.startFolder === session.cwd) route.go('chat', open)
    return true
  }
  if (look()) return
  const stop = useAppStore.subscribe(() => look() && stop())
}

function current(): WindowMemory {
  const { drafts, newChat } = useDraftStore.getState()
  const { sessionId } = useRouteStore.getState()
  return { drafts, newChat, open: sessionId, unseen: [...useUnseenStore.getState().unseen] }
}

function changeBetween(before: WindowMemory, now: WindowMemory): WindowMemoryChange {
  const drafts = Object.fromEntries(Object.entries(now.drafts).filter(([place, text]) => before.drafts[place] !== text))
  return {
    ...(Object.keys(drafts).length > 0 && { drafts }),
    ...(before.newChat !== now.newChat && { newChat: now.newChat }),
    ...(before.open !== now.open && { open: now.open }),
    ...(before.unseen.join() !== now.unseen.join() && { unseen: now.unseen }),
  }
}
