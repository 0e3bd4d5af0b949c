/** The parts of Electron's event that say who asks. */
export interface SenderEvent {
  sender: unknown
  senderFrame: { readonly origin: string; readonly parent: unknown } | null
}

/** The page itself: the window's own contents, not a frame inside it, and still at the origin that we loaded. */
export function isTrustedSender(event: SenderEvent, window: { webContents: unknown } | null, origin: string): boolean {
  const { sender, senderFrame } = event
  if (window === null || sender !== window.webContents || senderFrame === null) return false
  return senderFrame.parent === null && senderFrame.origin === origin
}
