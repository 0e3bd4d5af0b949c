import { flushSync } from 'react-dom'
import type { FeedMessage } from '#shared/feed/feed.ts'
import type { SessionId } from '#shared/ids.ts'
import { FeedClient } from '../bridge/feed-client.ts'
import { AdaptiveFlush, browserFlushHost } from './adaptive-flush.ts'
import { applyAppChange } from './app-store.ts'
import { countDeltas } from './rate.ts'
import { useRouteStore } from './route-store.ts'
import {
  applySessionMessages,
  expectSession,
  forgetSession,
  isUrgent,
  type SessionMessage,
  useSessionStore,
} from './session-store.ts'
import { showPlace } from './show-place.ts'

let waiting: SessionMessage[] = []
let client: FeedClient | null = null
let followed: SessionId | null = null

// In sync, so that the time it takes is the time of the commit.
const flush = new AdaptiveFlush(browserFlushHost, () => flushSync(applyWaiting))

/** Connects the stores to main. Called once, before the first render. */
export function startFeed(): void {
  client = new FeedClient(
    {
      requestFeed: (nonce) => window.claw.requestFeed(nonce),
      addEventListener: (type, listener) => window.addEventListener(type, listener),
    },
    window,
    receive,
  )
  client.start()
}

/** The session that the chat shows; the one before it is let go. */
export function followSession(sessionId: SessionId | null): void {
  if (sessionId === followed && (!sessionId || !useSessionStore.getState().sessions[sessionId]?.closed)) return
  if (followed) {
    client?.unsubscribe(followed)
    forgetSession(followed)
  }
  followed = sessionId
  if (!sessionId) return
  expectSession(sessionId)
  client?.subscribe(sessionId)
}

/** Whoever followed it shows something else now. While nobody shows a session, other programs can go on with it. */
export function unfollowSession(sessionId: SessionId | null): void {
  const { page, sessionId: shown } = useRouteStore.getState()
  if (sessionId === followed && !(page === 'chat' && shown === sessionId)) followSession(null)
}

function receive(message: FeedMessage): void {
  if (message.type === 'app') {
    applyAppChange(message.change)
    return
  }
  if (message.type === 'show') {
    showPlace(message.place)
    return
  }
  waiting.push(message)
  if (message.type === 'events') countDeltas(message)
  flush.request(isUrgent(message))
}

function applyWaiting(): void {
  const messages = waiting
  waiting = []
  applySessionMessages(messages)
}
