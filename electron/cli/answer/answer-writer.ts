import type { Output } from '../terminal/output.ts'
import type { PhaseLine } from '../terminal/phase-line.ts'
import { plainText } from '../terminal/plain-text.ts'
import type { Lexer } from './inline.ts'
import { MarkdownLines } from './markdown-lines.ts'
import { paintRow, plainSpan, type Row, rowText, wrapSpans } from './spans.ts'

/** Lines are easier to read so. */
const WIDEST = 100
/** A line that grows longer is told piece by piece, the further ones as they are: what waits is bounded. */
const LONGEST_LINE = 1500

/**
 * Text as it comes, in whole rows that are broken between words; the row that is not full yet stands in the last row of the
 * terminal. `marked`: its Markdown is shown as it is meant.
 */
export class AnswerWriter {
  readonly #output: Output
  readonly #last: PhaseLine
  readonly #before: string
  readonly #lexer: () => Lexer | null
  #lines: MarkdownLines | null = null
  #line = ''
  /** The line is the rest of one that was too long. */
  #isRest = false
  /** Rows of the line that are written. */
  #written = 0
  /** The line is looked at again when it is so long. */
  #lookAt = 0
  /** What is not written of the line, as far as it was looked at, and how long that was. */
  #tail = { text: '', length: 0 }
  #width = 0

  /** `before`: what each row begins with. */
  constructor(output: Output, last: PhaseLine, lexer: () => Lexer | null, before = '') {
    this.#output = output
    this.#last = last
    this.#lexer = lexer
    this.#before = before
  }

  write(text: string): void {
    const pieces = text.split('\n')
    const rows: Row[] = []
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) rows.push(...this.#endLine())
      this.#line += piece
    }
    rows.push(...this.#grow())
    this.#write(rows)
    const { text: begin, length } = this.#tail
    const tail = begin + shown(this.#line.slice(length))
    this.#last.showTail(tail === '' ? '' : this.#before + tail)
  }

  /** Everything is written, and the cursor stands at the left. */
  finish(): void {
    const columns = this.#columns()
    const rows = this.#line === '' && this.#written === 0 ? [] : this.#endLine()
    this.#write([...rows, ...(this.#lines?.flush(columns) ?? [])])
    this.#last.showTail('')
    this.#lines = null
  }

  #reader(): MarkdownLines {
    if (this.#isRest) return unmarked
    this.#lines ??= new MarkdownLines(this.#output.colour ? this.#lexer() : null)
    return this.#lines
  }

  #endLine(): Row[] {
    const columns = this.#columns()
    const text = shown(this.#line)
    const rows = this.#isRest ? wrapSpans([plainSpan(text)], columns) : this.#reader().line(text, columns)
    const fresh = rows.slice(this.#written)
    this.#begin('')
    this.#isRest = false
    return fresh
  }

  /** Looks at the line now and then, and takes what can be written of it. */
  #grow(): Row[] {
    const columns = this.#columns()
    if (this.#line.length < Math.max(this.#lookAt, columns)) return []
    const isTooLong = this.#line.length > LONGEST_LINE
    const text = shown(this.#line)
    const { rows, settled } = this.#reader().growing(text, columns)
    if (isTooLong) {
      const all = rows.length > 1 ? rows : wrapSpans([plainSpan(text)], columns)
      const fresh = all.slice(this.#written, -1)
      this.#begin(rowText(all.at(-1) ?? []).trimStart())
      this.#isRest = true
      return fresh
    }
    const fresh = rows.slice(this.#written, settled)
    this.#written = Math.max(this.#written, settled)
    this.#lookAt = this.#line.length + columns / 2
    // A row is without the blanks at its end; what comes next stands after them.
    const blank = text.endsWith(' ') ? ' ' : ''
    this.#tail = { text: rows.slice(this.#written).map(rowText).join(' ') + blank, length: this.#line.length }
    return fresh
  }

  #begin(line: string): void {
    this.#line = line
    this.#written = 0
    this.#lookAt = 0
    this.#tail = { text: '', length: 0 }
  }

  #write(rows: readonly Row[]): void {
    if (rows.length === 0) return
    this.#last.erase()
    this.#output.write(
      rows.map((row) => `${paintRow(this.#output, [plainSpan(this.#before, 'dim'), ...row])}\n`).join(''),
    )
  }

  /** A line that is half written keeps its width. */
  #columns(): number {
    if (this.#written === 0) this.#width = Math.max(8, Math.min(this.#output.width() - 1, WIDEST) - this.#before.length)
    return this.#width
  }
}

/** For the rest of a line whose beginning is written. */
const unmarked = new MarkdownLines(null)

function shown(text: string): string {
  return plainText(text).replace(/\t/g, '  ')
}
