/**
 * Where in a Markdown text a character stands, learned one character at a time: in code (fenced, indented or inline), in
 * quotes, in a quoted block, in an item of a list or in a comment, a call is an example and not a call (docs/servers.md E.4, 4).
 */
export class ProseContext {
  #previous = ''
  /** Columns of white space at the beginning of the line. */
  #indent = 0
  /** What may be the marker of a list at the beginning of the line. */
  #marker = ''
  #lineIsItem = false
  /** An item of a list is open: indented lines belong to it. */
  #inItem = false
  /** Something was said before this line. */
  #hasText = false
  /** As much as stands here of what begins or ends a comment. */
  #commentMark = ''
  #markOpensLine = false
  /** `block` = only its end ends it; `inline` = so does a blank line. */
  #comment: 'block' | 'inline' | null = null
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
    return this.#lineHasText && this.#run === '' && !this.#closing && this.#commentMark === '' && !this.#comment
  }

  /** The line has more than markers before this character. */
  get lineHasText(): boolean {
    return this.#lineHasText
  }

  /** Whether the next character, which is no backtick or tilde, may begin a call. */
  allowsCall(): boolean {
    this.#endRun()
    if (this.#fence || this.#inline > 0 || this.#quote !== '' || this.#quotedBlock || this.#comment) return false
    if (this.#lineIsItem || (this.#inItem && this.#indent >= ITEM_INDENT)) return false
    // At the very beginning of a text there is nothing of which it could be an example.
    return this.#indent < CODE_INDENT || !this.#hasText
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

  advance(character: string): void {
    if (this.#comment) {
      this.#addToComment(character)
      return
    }
    if (character !== this.#run.charAt(0)) this.#endRun()
    this.#beginOfComment(character)
    if (character === '\n') this.#endLine()
    else if (character === '`' || character === '~') {
      if (this.#run === '') this.#runOpensLine = !this.#lineHasText
      this.#run += character
    } else {
      this.#quotation(character)
      if (isSpace(character)) this.#space(character)
      else this.#visible(character)
    }
    this.#previous = character
  }

  /** What came before was a call: a new paragraph begins. */
  restart(): void {
    this.#endRun()
    this.#hasText = true
    this.#inItem = false
    this.#comment = null
    this.#commentMark = ''
    this.#fence = null
    this.#closing = false
    this.#lineIsBlank = true
    this.#lineHasText = false
    this.#endLine()
    this.#previous = '\n'
  }

  #space(character: string): void {
    if (this.#lineHasText) return
    if (this.#lineIsBlank) this.#indent += character === '\t' ? CODE_INDENT - (this.#indent % CODE_INDENT) : 1
    if (!LIST_ITEM.test(this.#marker)) return
    this.#lineIsItem = true
    this.#inItem = true
  }

  #visible(character: string): void {
    this.#closing = false
    this.#lineIsBlank = false
    if (this.#lineHasText) return
    if (character === '>') this.#quotedBlock = true
    else if (LIST_MARKER.test(character)) this.#marker += character
    else this.#text()
  }

  /** The line has text. */
  #text(): void {
    this.#lineHasText = true
    this.#hasText = true
    if (!this.#lineIsItem && this.#indent < ITEM_INDENT) this.#inItem = false
  }

  #beginOfComment(character: string): void {
    const before = this.#commentMark
    if (before === '' && character !== '<') return
    this.#commentMark = COMMENT_START.startsWith(before + character) ? before + character : ''
    if (before === '') this.#markOpensLine = !this.#lineHasText
    if (this.#commentMark !== COMMENT_START) return
    this.#commentMark = ''
    if (!this.#fence && this.#inline === 0) this.#comment = this.#markOpensLine ? 'block' : 'inline'
  }

  #addToComment(character: string): void {
    this.#previous = character
    this.#commentMark = (this.#commentMark + character).slice(-COMMENT_END.length)
    const ends = this.#commentMark === COMMENT_END
    const isBroken = character === '\n' && this.#lineIsBlank && this.#comment === 'inline'
    this.#lineIsBlank = character === '\n' || (this.#lineIsBlank && isSpace(character))
    this.#lineHasText = character !== '\n'
    if (!ends && !isBroken) return
    this.#comment = null
    this.#commentMark = ''
    if (isBroken) this.#endLine()
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
    this.#indent = 0
    this.#marker = ''
    this.#lineIsItem = false
  }

  #endRun(): void {
    if (this.#run === '') return
    const mark = this.#run.charAt(0)
    const { length } = this.#run
    const opensLine = this.#runOpensLine
    this.#run = ''
    this.#text()
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
const LIST_ITEM = /^(?:[-*+]|\d{1,9}[.)])$/
/** Columns from which on a line belongs to the item above it, or is code. */
const ITEM_INDENT = 2
const CODE_INDENT = 4
const COMMENT_START = '<!--'
const COMMENT_END = '-->'
const BEFORE_QUOTE = /[\s([{<:=*_—–/-]/
const doubleQuotes: Readonly<Record<string, string>> = { '“': '”', '„': '“', '«': '»' }
const singleQuotes: Readonly<Record<string, string>> = { "'": "'", '‘': '’' }

function isSpace(character: string): boolean {
  return character === ' ' || character === '\t' || character === '\r'
}
