import type { Reply } from '#shared/failure.ts'
import { feedChannel, requestChannel } from './channels.ts'
import type { SenderEvent } from './trusted-sender.ts'

/** As much of Electron's ipcMain as is used, so that a test can hand in its own. */
export interface IpcMain<Event extends SenderEvent> {
  handle(channel: string, listener: (event: Event, name: unknown, input: unknown) => Promise<unknown>): void
  on(channel: string, listener: (event: Event, nonce: unknown) => void): unknown
}

export interface Listening<Event extends SenderEvent> {
  isTrusted(event: Event): boolean
  /** Waits for the engine if need be. */
  answer(name: unknown, input: unknown): Promise<Reply<unknown>>
  /** Gives the page a port, with its nonce. */
  openFeed(event: Event, nonce: string): Promise<void>
  onDefect(error: unknown): void
}

const NONCE_LIMIT = 100

const foreign: Reply<never> = {
  ok: false,
  failure: { code: 'invalid-input', message: 'Only the window of this app may ask.', retryable: false },
}

/** Opens the two ways in: requests, and the question for a feed port. A foreign sender gets neither. */
export function listen<Event extends SenderEvent>(ipc: IpcMain<Event>, listening: Listening<Event>): void {
  const { isTrusted, answer, openFeed, onDefect } = listening
  ipc.handle(requestChannel, async (event, name, input) => (isTrusted(event) ? answer(name, input) : foreign))
  ipc.on(feedChannel, (event, nonce) => {
    if (!isTrusted(event) || typeof nonce !== 'string' || nonce.length > NONCE_LIMIT) return
    openFeed(event, nonce).catch(onDefect)
  })
}
