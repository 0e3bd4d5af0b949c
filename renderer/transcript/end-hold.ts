/** Pixels that count as being at the end. */
const NEAR = 4

/** What a scroller says of itself, in pixels. */
export interface Scrolled {
  top: number
  /** Of all that scrolls. */
  height: number
  /** Of what of it is in sight. */
  room: number
}

/** What a reader can do to the place of a page. */
export type ReaderAct =
  /** A wheel or a key that leads up. */
  | 'up'
  /** A wheel or a key that leads down. */
  | 'down'
  /** A pointer or a finger has hold of the bar or of the text, or the focus is on its way. */
  | 'grab'
  /** It lets go. */
  | 'release'

/**
 * Whether the end of a page is held in sight while the page grows and shrinks. Only the reader ends it: a browser that
 * pulls the end up because the page became shorter says the same as a reader who drags the bar, and it says so late, when
 * the page may have grown again. So a way up counts only where the reader has hold of something.
 */
export class EndHold {
  #holds = true
  #acted = false
  #grabbed = false
  /** The place that a way up is counted from. */
  #from = 0

  get holds(): boolean {
    return this.#holds
  }

  /** Takes hold again, whatever the reader did before. */
  holdAgain(): void {
    this.#holds = true
    this.#acted = false
    this.#grabbed = false
  }

  /** Lets go, for whoever brings the reader to another place. */
  leave(): void {
    this.#holds = false
  }

  act(act: ReaderAct, { height, room }: Scrolled): void {
    if (act === 'release') {
      this.#grabbed = false
      return
    }
    this.#acted = true
    this.#grabbed = act === 'grab'
    if (act === 'up' && height > room) this.#holds = false
  }

  /** The page or what of it is in sight has another size, and who holds the end has brought it there. */
  resized({ top }: Scrolled): void {
    this.#from = top
  }

  /**
   * The browser says that the place is another one, whoever made it so. True = the end is held, by nobody else, and out of sight, and is to be
   * brought back: the page became shorter, was measured, and has its old size again, of which no observer of sizes hears.
   */
  scrolled({ top, height, room }: Scrolled): boolean {
    const gap = height - top - room
    if (this.#grabbed && top < this.#from - NEAR && gap > NEAR) this.#holds = false
    else if (this.#acted && gap <= NEAR && top >= this.#from) this.#holds = true
    // A way up in small steps is one way, as long as the end is held.
    if (!this.#holds || gap <= NEAR || top > this.#from) this.#from = top
    return this.#holds && !this.#grabbed && gap > NEAR
  }
}
