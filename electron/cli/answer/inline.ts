import type { MarkedToken, Token } from 'marked'
import type { Style } from '../terminal/output.ts'
import type { Span } from './spans.ts'

/** What reads the marks inside of a line; loaded when the first answer comes. */
export type Lexer = (text: string) => Token[]

export async function loadLexer(): Promise<Lexer> {
  const { Lexer: Marked } = await import('marked')
  return (text) => Marked.lexInline(text, { gfm: true })
}

/** Emphasis, code, links and so on as pieces that look so. A link shows where it goes. */
export function inlineSpans(text: string, lexer: Lexer, styles: readonly Style[] = []): Span[] {
  return lexer(text).flatMap((token) => spansOf(token, styles))
}

function spansOf(token: Token, styles: readonly Style[]): Span[] {
  // Without extensions there are no tokens but these.
  const known = token as MarkedToken
  switch (known.type) {
    case 'strong':
      return inner(known.tokens, [...styles, 'bold'])
    case 'em':
      return inner(known.tokens, [...styles, 'italic'])
    case 'del':
      return inner(known.tokens, [...styles, 'strike'])
    case 'codespan':
      return [{ text: known.text, styles: [...styles, 'cyan'] }]
    case 'br':
      return [{ text: ' ', styles }]
    case 'html':
      return [{ text: /^<br\s*\/?>$/i.test(known.text) ? ' ' : known.raw, styles }]
    case 'escape':
      return [{ text: known.text, styles }]
    case 'link': {
      const label = inner(known.tokens, [...styles, 'underline'])
      const shown = label.map(({ text }) => text).join('')
      const address = known.href.replace(/^mailto:/, '')
      return shown === address || shown === ''
        ? label
        : [...label, { text: ` (${known.href})`, styles: [...styles, 'dim'] }]
    }
    case 'image':
      return [{ text: `${known.text || 'image'} (${known.href})`, styles: [...styles, 'dim'] }]
    case 'text':
      return known.tokens ? inner(known.tokens, styles) : [{ text: known.raw, styles }]
    default:
      return [{ text: known.raw, styles }]
  }
}

function inner(tokens: readonly Token[], styles: readonly Style[]): Span[] {
  return tokens.flatMap((token) => spansOf(token, styles))
}

/** How many characters of the shown text can no longer change, whatever comes behind it in the same line. */
export function settledLength(spans: readonly Span[]): number {
  const last = spans.at(-1)
  const before = spans.slice(0, -1).reduce((sum, { text }) => sum + text.length, 0)
  if (!last || last.styles.length > 0) return before
  const opener = last.text.search(/[*_`~[<!&\\|]|https?:|www\./)
  return before + (opener < 0 ? last.text.length : opener)
}
