import type { Reply } from '../failure.ts'
import type { RequestInput, RequestName, RequestOutput } from './requests.ts'

/** What the preload puts into the page as `window.claw`: three functions and nothing else. */
export interface ClawBridge<DroppedFile = never> {
  request<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<Reply<RequestOutput<Name>>>
  /** Main answers with a MessagePort that arrives by `window.postMessage` as a `PortHandOver` with this nonce. */
  requestFeed(nonce: string): void
  /** Where a file lies that a person dropped; empty = it is none of the disk, such as a picture of a page. */
  filePath(file: DroppedFile): string
}
