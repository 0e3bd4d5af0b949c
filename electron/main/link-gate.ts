/** Milliseconds from a press to the link that it opens. */
const PATIENCE_MS = 2000
/** Milliseconds between two links where no presses can be seen. */
const PAUSE_MS = 1000

/** What a person did to the page; the type of an input as Electron names it. */
const presses: ReadonlySet<string> = new Set(['mouseDown', 'keyDown', 'rawKeyDown', 'gestureTap', 'touchStart'])

/**
 * Whether the page may have a link opened now. One press opens one link: a page that was tampered with would open them
 * without a click and without end. Programs that read the screen press without an input, so while one runs the links are
 * only kept apart in time.
 */
export class LinkGate {
  readonly #now: () => number
  #pressedAt: number | null = null
  #openedAt = Number.NEGATIVE_INFINITY

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  input(type: string): void {
    if (presses.has(type)) this.#pressedAt = this.#now()
  }

  /** Uses up the press. */
  mayOpen(isScreenRead: boolean): boolean {
    const now = this.#now()
    const isPressed = this.#pressedAt !== null && now - this.#pressedAt <= PATIENCE_MS
    if (!isPressed && !(isScreenRead && now - this.#openedAt >= PAUSE_MS)) return false
    this.#pressedAt = null
    this.#openedAt = now
    return true
  }
}
