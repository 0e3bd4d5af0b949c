/** Reads forward in a text that may not be complete yet: what cannot be decided sets `ranOut`. */
export class Cursor {
  readonly #text: string
  position: number
  /** The text ended where it could still have become what was asked for. */
  ranOut = false

  constructor(text: string, position: number) {
    this.#text = text
    this.position = position
  }

  /** Goes over one of the words, if one stands here. */
  literal(...words: readonly string[]): boolean {
    for (const word of words) {
      if (this.#text.startsWith(word, this.position)) {
        this.position += word.length
        return true
      }
      const rest = this.#text.length - this.position
      if (rest < word.length && word.startsWith(this.#text.slice(this.position))) this.ranOut = true
    }
    return false
  }

  /** Goes over white space, a bounded amount of it: what is held back must stay small. */
  spaces(): true {
    const limit = this.position + SPACES_LIMIT
    while (this.position < limit && isSpace(this.#text.charCodeAt(this.position))) this.position++
    return true
  }

  /** Goes over a name of a tool, and returns it; empty = none. */
  name(): string {
    const start = this.position
    const limit = start + NAME_LIMIT
    while (this.position < limit && NAME_CHARACTER.test(this.#text.charAt(this.position))) this.position++
    if (this.position === this.#text.length) this.ranOut = true
    return this.#text.slice(start, this.position)
  }
}

const SPACES_LIMIT = 64
const NAME_LIMIT = 128
const NAME_CHARACTER = /[\w.-]/

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}
