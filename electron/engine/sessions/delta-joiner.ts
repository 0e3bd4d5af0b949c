import type { SessionEntry } from '#shared/session/session-entry.ts'

type Delta = Extract<SessionEntry, { type: 'text-delta' | 'reasoning-delta' }>

/** So much text is joined at most. Characters. */
const LONGEST = 1 << 20

/**
 * Joins the pieces of an answer that stand one behind the other in a journal, so that the folds of a long one are paid by
 * the answer and not by the frame in which each piece came. The first piece goes out as it is: it says when the text began.
 */
export class DeltaJoiner {
  readonly #out: (entry: SessionEntry) => void
  #previous: SessionEntry['type'] | null = null
  #last: Delta | null = null
  #texts: string[] = []
  #length = 0

  constructor(out: (entry: SessionEntry) => void) {
    this.#out = out
  }

  add(entry: SessionEntry): void {
    if (entry.type !== this.#previous || (entry.type !== 'text-delta' && entry.type !== 'reasoning-delta')) {
      this.flush()
      this.#previous = entry.type
      this.#out(entry)
      return
    }
    this.#last = entry
    this.#texts.push(entry.text)
    this.#length += entry.text.length
    if (this.#length >= LONGEST) this.flush()
  }

  /** Hands over what waits. */
  flush(): void {
    const last = this.#last
    if (!last) return
    this.#last = null
    this.#out({ ...last, text: this.#texts.join('') })
    this.#texts = []
    this.#length = 0
  }
}
