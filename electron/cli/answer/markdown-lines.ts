import type { Style } from '../terminal/output.ts'
import { inlineSpans, type Lexer, settledLength } from './inline.ts'
import { isDelimiterRow, ruleRow, tableRows } from './markdown-table.ts'
import { plainSpan, type Row, type Span, wrapSpans } from './spans.ts'

/** A longer line is told as it is: nobody wrote its marks for a person. */
const LONGEST_MARKED = 2000
/** Blanks at the ends of rows, which are counted as one. */
const SLACK = 4

/** Markdown to rows, line by line: what is finished is given at once, a table when its last row has come. */
export class MarkdownLines {
  readonly #lexer: Lexer | null
  #fence: { mark: string; indent: number } | null = null
  #table: string[] = []

  /** null = nobody can read marks apart from text, or no terminal shows them: lines keep them. */
  constructor(lexer: Lexer | null) {
    this.#lexer = lexer
  }

  /** A whole line. */
  line(text: string, columns: number): Row[] {
    if (this.#fence) return this.#code(text)
    if (this.#table.length > 0) {
      const goesOn = this.#table.length === 1 ? isDelimiterRow(text) : text.includes('|')
      if (goesOn) {
        this.#table.push(text)
        return []
      }
      return [...this.flush(columns), ...this.line(text, columns)]
    }
    const fence = /^(\s{0,12})(`{3,}|~{3,})(.*)$/.exec(text)
    if (fence && !(fence[2]?.startsWith('`') && fence[3]?.includes('`'))) {
      this.#fence = { mark: fence[2] ?? '', indent: (fence[1] ?? '').length }
      return this.#lexer ? [] : [[plainSpan(text)]]
    }
    if (text.includes('|') && text.length <= LONGEST_MARKED) {
      this.#table = [text]
      return []
    }
    return this.#block(text, columns)
  }

  /** What was held back for lines that do not come. */
  flush(columns: number): Row[] {
    const lines = this.#table
    this.#table = []
    const table =
      lines.length > 1 ? tableRows(lines, columns, (text, bold) => this.#inline(text, bold ? ['bold'] : [])) : null
    return table ?? lines.flatMap((text) => this.#block(text, columns))
  }

  /** The rows of a line that still grows, and how many of them will stay as they are. */
  growing(text: string, columns: number): { rows: Row[]; settled: number } {
    if (this.#fence || this.#table.length > 0 || text.includes('|') || /^\s*(?:`{3}|~{3})/.test(text)) {
      return { rows: [[plainSpan(text)]], settled: 0 }
    }
    const rows = this.#block(text, columns)
    const { lead, body } = leadOf(text, this.#lexer !== null)
    const limit = lead.length + settledLength(this.#inline(body, [])) - SLACK
    let length = 0
    let settled = 0
    for (const row of rows.slice(0, -1)) {
      // The blank that a row ends at stands in none.
      length += row.reduce((sum, span) => sum + span.text.length, 0) + 1
      if (length > limit) break
      settled++
    }
    return { rows, settled }
  }

  #code(text: string): Row[] {
    const { mark, indent } = this.#fence ?? { mark: '', indent: 0 }
    const closing = new RegExp(`^\\s*${mark[0]}{${mark.length},}\\s*$`).test(text)
    if (closing) this.#fence = null
    if (!this.#lexer) return [[plainSpan(text)]]
    if (closing) return []
    const code = text.slice(Math.min(indent, text.length - text.trimStart().length))
    return [[plainSpan('  '), plainSpan(code, 'cyan')]]
  }

  #block(text: string, columns: number): Row[] {
    if (!this.#lexer)
      return wrapSpans([plainSpan(text.trimStart())], columns, [blanksBefore(text)], [blanksBefore(text)])
    if (/^\s{0,3}([-*_])\s*(?:\1\s*){2,}$/.test(text)) return [ruleRow(columns)]
    const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/.exec(text)
    if (heading) return wrapSpans(this.#inline(heading[1] ?? '', ['bold']), columns)
    const { lead, rest, body } = leadOf(text, true)
    return wrapSpans(this.#inline(body, []), columns, lead === '' ? [] : [plainSpan(lead, ...leadStyle(lead))], [
      plainSpan(rest, ...leadStyle(rest)),
    ])
  }

  #inline(text: string, styles: readonly Style[]): Span[] {
    if (!this.#lexer || text.length > LONGEST_MARKED) return [plainSpan(text, ...styles)]
    return inlineSpans(text, this.#lexer, styles)
  }
}

/** Columns of indentation that are shown. */
const DEEPEST = 24

/** What a line of a list or a quote begins with, what its further rows begin with, and its text. */
function leadOf(text: string, isMarked: boolean): { lead: string; rest: string; body: string } {
  const quote = isMarked ? /^\s{0,3}((?:>\s?){1,8})(.*)$/.exec(text) : null
  if (quote) {
    const bars = '│ '.repeat((quote[1] ?? '').replace(/\s/g, '').length)
    const inner = leadOf(quote[2] ?? '', true)
    return { lead: bars + inner.lead, rest: bars + inner.rest, body: inner.body }
  }
  const item = /^(\s*)([-*+]|\d{1,9}[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/.exec(text)
  if (item) {
    const [, blanks = '', mark = '', box, body = ''] = item
    const sign = !isMarked || /\d/.test(mark) ? mark : '•'
    const tick = box === undefined ? '' : box === ' ' ? '☐ ' : '☑ '
    const lead = `${blanks.slice(0, DEEPEST)}${sign} ${tick}`
    return { lead, rest: ' '.repeat(lead.length), body }
  }
  const blanks = blanksBefore(text).text
  return { lead: blanks, rest: blanks, body: text.trimStart() }
}

function blanksBefore(text: string): Span {
  const blanks = /^\s*/.exec(text)?.[0] ?? ''
  return plainSpan(blanks.slice(0, DEEPEST))
}

function leadStyle(lead: string): Style[] {
  return /\S/.test(lead) ? ['dim'] : []
}
