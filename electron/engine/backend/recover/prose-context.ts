/**
 * Where in a Markdown text a character stands, learned one character at a time: in a code fence, in inline code, in
 * quotes or in a quoted block, a call is an example and not a call (backends.md E.4, 4).
 */
export class ProseContext {
  #previous = ''
  #lineHasText = false
  #lineIsBlank = true
  #quotedBlock = false
  /** Backticks or tildes that may still become more. */
  #run = ''
  #runOpensLine = false
  #fence: Fence | null = null
  /** This line closes the fence, if nothing else comes on it. */
  #closing = false
  /** How many backticks end the inline code; 0 = none is open. */
  #inline = 0
  /** What ends the quotation; empty = none is open. */
  #quote = ''

  /** In the middle of an ordinary line: only characters of `SPECIAL` change anything. */
  get isPlain(): boolean {
    return this.#lineHasText && this.#run === '' && !this.#closing
  }

  /** The line has more than markers before this character. */
  get lineHasText(): boolean {
    return this.#lineHasText
  }

  /** Whether the next character, which is no backtick or tilde, may begin a call. */
  allowsCall(): boolean {
    this.#endRun()
    return !this.#fence && this.#inline === 0 && this.#quote === '' && !this.#quotedBlock
  }

  /** A call that begins right after a single quotation mark is quoted until the next one; true = it is. */
  opensSingleQuote(): boolean {
    const closing = singleQuotes[this.#previous]
    if (closing === undefined) return false
    this.#quote = closing
    return true
  }

  /** Several characters at once, none of `SPECIAL`; only while `isPlain`. */
  skip(text: string): void {
    this.#previous = text.charAt(text.length - 1)
  }

  take(character: string): void {
    if (character !== this.#run.charAt(0)) this.#endRun()
    if (character === '\n') this.#endLine()
    else if (character === '`' || character === '~') {
      if (this.#run === '') this.#runOpensLine = !this.#lineHasText
      this.#run += character
    } else {
      this.#quotation(character)
      if (!isSpace(character)) this.#visible(character)
    }
    this.#previous = character
  }

  /** What came before was a call: a new paragraph begins. */
  restart(): void {
    this.#endRun()
    this.#fence = null
    this.#closing = false
    this.#lineIsBlank = true
    this.#lineHasText = false
    this.#endLine()
    this.#previous = '\n'
  }

  #visible(character: string): void {
    this.#closing = false
    this.#lineIsBlank = false
    if (this.#lineHasText) return
    if (character === '>') this.#quotedBlock = true
    else if (!LIST_MARKER.test(character)) this.#lineHasText = true
  }

  #quotation(character: string): void {
    if (this.#fence || this.#inline > 0) return
    if (this.#quote !== '') {
      if (character === this.#quote) this.#quote = ''
    } else if (character !== '"') this.#quote = doubleQuotes[character] ?? ''
    else if (this.#previous === '' || BEFORE_QUOTE.test(this.#previous)) this.#quote = '"'
  }

  #endLine(): void {
    if (this.#closing) this.#fence = null
    this.#closing = false
    if (this.#fence) this.#fence.sameLine = false
    // Neither inline code nor, as far as this goes, quotations reach over a blank line.
    if (this.#lineIsBlank) {
      this.#inline = 0
      this.#quote = ''
    }
    this.#lineHasText = false
    this.#lineIsBlank = true
    this.#quotedBlock = false
  }

  #endRun(): void {
    if (this.#run === '') return
    const mark = this.#run.charAt(0)
    const { length } = this.#run
    const opensLine = this.#runOpensLine
    this.#run = ''
    this.#lineHasText = true
    this.#lineIsBlank = false
    if (this.#fence?.sameLine && mark === '`') {
      // A fence has no backticks in its first line: this was inline code.
      this.#inline = this.#fence.length
      this.#fence = null
    }
    if (this.#fence) this.#closing = opensLine && mark === this.#fence.mark && length >= this.#fence.length
    else if (opensLine && length >= 3 && this.#inline === 0) this.#fence = { mark, length, sameLine: true }
    else if (mark === '`') this.#inlineRun(length)
  }

  #inlineRun(length: number): void {
    if (this.#inline === 0) this.#inline = length
    else if (this.#inline === length) this.#inline = 0
  }
}

/** Without `{` and `'`, which matter only where a call could begin. */
export const SPECIAL = /[\n<[`~"“”„«»'’]/

interface Fence {
  mark: string
  length: number
  /** We are on the line that opened it. */
  sameLine: boolean
}

const LIST_MARKER = /[-*+.)\d]/
const BEFORE_QUOTE = /[\s([{<:=*_—–/-]/
const doubleQuotes: Readonly<Record<string, string>> = { '“': '”', '„': '“', '«': '»' }
const singleQuotes: Readonly<Record<string, string>> = { "'": "'", '‘': '’' }

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r'
}
