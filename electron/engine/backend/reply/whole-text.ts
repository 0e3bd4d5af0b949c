import { hasHalfCharacter, wholeCharacters } from '#shared/lib/whole-characters.ts'

const ENDS_IN_HALF = /[\ud800-\udbff]$/

/** A text that comes in pieces, given on in whole characters: a piece may end in the middle of one. */
export class WholeText {
  #half = ''

  /** What can be given on now. */
  wholePartOf(piece: string): string {
    if (piece === '') return ''
    // Nearly every piece; one that ends in a half holds one.
    if (this.#half === '' && !hasHalfCharacter(piece)) return piece
    const text = this.#half + piece
    this.#half = ENDS_IN_HALF.test(text) ? text.slice(-1) : ''
    return wholeCharacters(this.#half === '' ? text : text.slice(0, -1))
  }

  /** No more will come: what is given on in place of a half that waits; empty = none does. */
  end(): string {
    const rest = wholeCharacters(this.#half)
    this.#half = ''
    return rest
  }
}
