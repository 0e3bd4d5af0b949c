/** A line to one other side: the message port of a window, or JSON lines over a stream. Messages arrive whole and in order. */
export interface Channel<Message> {
  post(message: Message): void
  /** How many bytes were posted and have not left; 0 where the line does not tell, as a message port. */
  readonly waiting: number
  /** What the other side sends, not checked yet. */
  onMessage(listener: (message: unknown) => void): void
  /** Whenever all that waited has left. */
  onDrain(listener: () => void): void
  /** Once, when the other side is gone. */
  onClose(listener: () => void): void
}
