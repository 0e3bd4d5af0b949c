import type { SessionId } from '#shared/ids.ts'

/** One chat; null = a new one. */
export function ChatPage(_props: { sessionId: SessionId | null }) {
  return <div className="chat" />
}
