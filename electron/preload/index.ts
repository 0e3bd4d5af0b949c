import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { ClawBridge } from '#shared/feed/bridge.ts'
import type { PortHandOver } from '#shared/feed/feed.ts'
import type { FEED_CHANNEL, REQUEST_CHANNEL } from '#shared/feed/requests.ts'

// Written out, because an import of their values would bring every schema into each page; the types hold them to it.
const requestChannel: typeof REQUEST_CHANNEL = 'claw:request'
const feedChannel: typeof FEED_CHANNEL = 'claw:feed'

const bridge: ClawBridge<File> = {
  request: (name, input) => ipcRenderer.invoke(requestChannel, name, input),
  filePath: (file) => webUtils.getPathForFile(file),
  requestFeed: (nonce) => ipcRenderer.send(feedChannel, nonce),
}

contextBridge.exposeInMainWorld('claw', bridge)

// A port cannot go through the bridge; the page knows it by the nonce that it asked with.
ipcRenderer.on(feedChannel, (event, nonce: string) => {
  const message: PortHandOver = { type: 'claw-feed-port', nonce }
  window.postMessage(message, '*', event.ports)
})
