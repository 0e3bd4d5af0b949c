import { MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import type { FeedMessage } from '#shared/feed/feed.ts'
import type { Channel, WindowFeed } from '../engine/engine.ts'
import { feedChannel } from './ipc/channels.ts'

/** Sends the page one end of a new line and serves the other. Closed with the page, it unsubscribes by itself. */
export function giveFeedPort(page: WebContents, nonce: string, feed: WindowFeed): void {
  // The window may have been closed while the engine started.
  if (page.isDestroyed()) return
  const { port1, port2 } = new MessageChannelMain()
  feed.server.attach(portChannel(port1))
  page.postMessage(feedChannel, nonce, [port2])
}

function portChannel(port: MessagePortMain): Channel<FeedMessage> {
  return {
    post: (message) => port.postMessage(message),
    // A port does not tell what the page has read.
    waiting: 0,
    onDrain: () => undefined,
    onMessage(listener) {
      port.on('message', ({ data }) => listener(data))
      port.start()
    },
    onClose(listener) {
      port.on('close', listener)
    },
  }
}
