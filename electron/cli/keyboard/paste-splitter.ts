/** A piece of what came from a terminal: keys as they were pressed, or a text that was pasted. */
export interface InputPiece {
  kind: 'keys' | 'paste'
  text: string
}

const BEGIN = '\x1b[200~'
const END = '\x1b[201~'

/**
 * Tells pasted text from pressed keys, where the terminal marks it (bracketed paste). Marks may come in pieces; a paste is
 * given as soon as its end has come, however many reads it took.
 */
export class PasteSplitter {
  #rest = ''
  #pasted: string | null = null

  feed(chunk: string): InputPiece[] {
    const pieces: InputPiece[] = []
    let text = this.#rest + chunk
    this.#rest = ''
    while (text !== '') {
      const mark = this.#pasted === null ? BEGIN : END
      const at = text.indexOf(mark)
      const end = at < 0 ? text.length - heldBack(text, mark) : at
      const before = text.slice(0, end)
      if (this.#pasted !== null) this.#pasted += before
      else if (before !== '') pieces.push({ kind: 'keys', text: before })
      if (at < 0) {
        this.#rest = text.slice(end)
        break
      }
      text = text.slice(at + mark.length)
      if (this.#pasted === null) this.#pasted = ''
      else {
        pieces.push({ kind: 'paste', text: this.#pasted.replace(/\r\n?/g, '\n') })
        this.#pasted = null
      }
    }
    return pieces
  }
}

/** So many characters at the end may be the beginning of a mark. The Esc key alone is not waited for. */
function heldBack(text: string, mark: string): number {
  for (let length = mark.length - 1; length >= 2; length--) if (text.endsWith(mark.slice(0, length))) return length
  return 0
}
