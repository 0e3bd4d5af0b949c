import type { FeedMessage } from '#shared/feed/feed.ts'

/** A line to one viewer: a window's MessagePort, or a socket. Messages arrive whole and in order. */
export interface FeedChannel {
  post(message: FeedMessage): void
  /** What the viewer sends, not checked yet. */
  onMessage(listener: (message: unknown) => void): void
  /** Once, when the viewer is gone. */
  onClose(listener: () => void): void
}
