import { getDefaults, Lexer, type Token, Tokenizer, type Tokens, type TokensList } from 'marked'
import { FenceReader, fenceOpening, fenceText, holdsFences } from './fence-reader.ts'

/** Quotes and lists inside of each other are drawn down to here; what lies deeper is shown as it was written. */
export const DEEPEST_BLOCK = 12
/** The same for emphasis and links inside of each other. */
const DEEPEST_INLINE = 12
/** More columns than this are no table to a reader: it is shown as it was written. */
export const MOST_COLUMNS = 64

/** Markdown as models write it: CommonMark, but for the habits that would spoil what they mean. */
class ModelTokenizer extends Tokenizer {
  /** A fence that holds Markdown ends behind the fences that it holds. */
  override fences(src: string): Tokens.Code | undefined {
    const opening = fenceOpening(src)
    if (!opening || !holdsFences(opening.info)) return super.fences(src)
    const rest = src.slice(opening.length)
    const end = new FenceReader(opening).read(rest)
    const content = rest.slice(0, end ?? rest.length)
    const closing = end === null ? '' : (/^[^\n]*/.exec(rest.slice(end))?.[0] ?? '')
    const indent = new RegExp(`^ {1,${Math.max(1, opening.indent)}}`, 'gm')
    return {
      type: 'code',
      raw: src.slice(0, opening.length) + content + closing,
      lang: opening.info,
      text: fenceText(opening.indent > 0 ? content.replace(indent, '') : content),
    }
  }

  /** Formulas stand as they were written: `\(` is no bracket that somebody escaped. */
  override escape(src: string): Tokens.Escape | undefined {
    const raw = formulaAt(src)
    return raw === null ? super.escape(src) : { type: 'escape', raw, text: raw }
  }

  override inlineText(src: string): Tokens.Text | undefined {
    const token = super.inlineText(src)
    const at = token ? token.raw.indexOf('$$', 1) : -1
    if (!token || at < 0 || formulaAt(src.slice(at)) === null) return token
    return super.inlineText(src.slice(0, at))
  }
}

/** A formula that the text begins with: `\(…\)`, `\[…\]` or `$$…$$`. One dollar is a price. */
function formulaAt(text: string): string | null {
  if (text.startsWith('$$')) return /^\$\$[^$]+\$\$/.exec(text)?.[0] ?? null
  if (text[0] !== '\\') return null
  if (text[1] === '(') return closedBy(text, '\\)')
  // `\[words\](address)` is a link that somebody escaped.
  const formula = text[1] === '[' ? closedBy(text, '\\]') : null
  return formula !== null && /^[([]/.test(text.slice(formula.length)) ? null : formula
}

function closedBy(text: string, closing: string): string | null {
  const end = text.indexOf(closing, 2)
  return end < 0 ? null : text.slice(0, end + closing.length)
}

/**
 * A lexer that goes only so deep. A model that repeats itself writes thousands of quotes or lists inside of each other,
 * and both the lexer and the page that draws them go down by calling themselves.
 */
export class ModelLexer extends Lexer {
  #blockDepth = 0
  #inlineDepth = 0

  constructor() {
    super({ ...getDefaults(), tokenizer: new ModelTokenizer() })
  }

  override blockTokens(src: string, tokens?: Token[], lastParagraphClipped?: boolean): Token[]
  override blockTokens(src: string, tokens?: TokensList, lastParagraphClipped?: boolean): TokensList
  override blockTokens(src: string, tokens: Token[] = [], lastParagraphClipped = false): Token[] {
    if (this.#blockDepth > DEEPEST_BLOCK) {
      if (src.trim() !== '') tokens.push(asWritten(src))
      return tokens
    }
    this.#blockDepth += 1
    try {
      return super.blockTokens(src, tokens, lastParagraphClipped)
    } finally {
      this.#blockDepth -= 1
    }
  }

  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (this.#inlineDepth > DEEPEST_INLINE) {
      tokens.push({ type: 'text', raw: src, text: src, escaped: false })
      return tokens
    }
    this.#inlineDepth += 1
    try {
      return super.inlineTokens(src, tokens)
    } finally {
      this.#inlineDepth -= 1
    }
  }
}

/** A block that is shown as it was written. */
export function asWritten(text: string): Tokens.HTML {
  return { type: 'html', block: true, raw: text, pre: false, text }
}
