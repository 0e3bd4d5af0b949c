import type { Lexer, Links, Token, Tokens } from 'marked'
import { CodeLines } from './code-lines.ts'
import { FenceReader, fenceLanguage, fenceOpening, fenceText } from './fence-reader.ts'
import { asWritten, MOST_COLUMNS, ModelLexer } from './model-markdown.ts'
import { reuseParts } from './reuse-tokens.ts'
import { splitPoint } from './split-point.ts'

/** One top-level block. Its identity changes when, and only when, what is shown of it changes. */
export interface Block {
  token: Token
  /** Of a code block: its lines, coloured as they come. */
  code: CodeLines | null
}

/** A fence that goes on: what follows is its content until a line closes it. */
interface OpenFence {
  /** Where the content begins in the tail. */
  contentStart: number
  reader: FenceReader
}

/**
 * A block that is longer than this, in characters, goes on as another one: each step reads again what is not settled,
 * and the cost of reading some texts grows with the square of their length.
 */
export const LONGEST_TAIL = 16_000
/** More text than this at once is read in pieces. */
const PIECE = 8_000

/**
 * Splits a growing text into blocks. The same blocks as a full lex of the text (markdown-document.test.ts), as long as
 * no block of it is longer than `LONGEST_TAIL`, but what lies before the last safe boundary is never read again. A
 * boundary is safe behind a blank line that two more blocks follow: nothing that comes later can reach back over it.
 * Any text is taken; none throws.
 */
export class MarkdownDocument {
  #settled: Block[] = []
  #tail: Block[] = []
  #tailText = ''
  #links: Links = noLinks()
  /** Of the settled part alone. */
  #settledLinks: Links = noLinks()
  #fence: OpenFence | null = null
  #heldReturn = false
  #blocks: readonly Block[] = []

  constructor(text: string) {
    this.append(text)
  }

  get blocks(): readonly Block[] {
    return this.#blocks
  }

  append(chunk: string): void {
    const text = this.#normalise(chunk)
    for (let start = 0; start < text.length; start += PIECE) this.#add(text.slice(start, start + PIECE))
  }

  #add(text: string): void {
    if (this.#fence && this.#extendFence(this.#fence, text)) return
    this.#tailText += text
    this.#settle(this.#lexTail())
    if (this.#tailText.length > LONGEST_TAIL && !this.#fence) this.#splitTail()
    this.#blocks = [...this.#settled, ...this.#tail]
  }

  /** Line ends become `\n`; a `\r` at the end waits for what follows it. */
  #normalise(chunk: string): string {
    let text = this.#heldReturn ? `\r${chunk}` : chunk
    this.#heldReturn = text.endsWith('\r')
    if (this.#heldReturn) text = text.slice(0, -1)
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  }

  #lexTail(): readonly Token[] {
    const lexer = new ModelLexer()
    Object.assign(lexer.tokens.links, this.#settledLinks)
    const tokens = blockTokens(lexer, this.#tailText)
    const pending = new Map(lexer.inlineQueue.map(({ src, tokens }) => [tokens, src]))
    const relinked = !sameLinks(this.#links, lexer.tokens.links)
    this.#links = lexer.tokens.links

    const before = this.#tail
    const shown = tokens.filter(({ type }) => type !== 'space')
    this.#tail = shown.map((token, index) => {
      const old = relinked ? undefined : before[index]
      if (old && old.token.type === token.type && old.token.raw === token.raw) return old
      if (old) reuseParts(token, old.token)
      fillInline(lexer, pending, token)
      return { token, code: codeLines(token, old) }
    })
    if (relinked) this.#settled = this.#settled.map((block) => this.#relink(block))
    this.#fence = openFence(shown.at(-1), this.#tailText)
    return tokens
  }

  /** What is read so far becomes settled, but for the end of the last block, which goes on as another one. */
  #splitTail(): void {
    const last = this.#tail.at(-1)
    if (!last) return
    const start = this.#tailText.lastIndexOf(last.token.raw)
    const { at, repeated } = splitPoint(last.token, this.#tailText, Math.max(0, start))
    if (at === 0) return
    const rest = repeated + this.#tailText.slice(at)
    this.#tailText = this.#tailText.slice(0, at)
    for (const token of this.#lexTail()) addLinks(this.#settledLinks, token)
    this.#settled.push(...this.#tail)
    this.#tail = []
    this.#tailText = rest
    this.#lexTail()
  }

  #settle(tokens: readonly Token[]): void {
    let following = 0
    for (let index = tokens.length - 1; index >= 0; index--) {
      const token = tokens[index]
      if (token?.type !== 'space') following += 1
      else if (following >= 2 && index > 0) {
        this.#settleThrough(tokens.slice(0, index + 1), following)
        return
      }
    }
  }

  #settleThrough(tokens: readonly Token[], following: number): void {
    const length = tokens.reduce((sum, { raw }) => sum + raw.length, 0)
    for (const token of tokens) addLinks(this.#settledLinks, token)
    this.#settled.push(...this.#tail.slice(0, -following))
    this.#tail = this.#tail.slice(-following)
    this.#tailText = this.#tailText.slice(length)
    if (this.#fence) this.#fence = { ...this.#fence, contentStart: this.#fence.contentStart - length }
  }

  /** True when all of the text went into the fence. */
  #extendFence(fence: OpenFence, text: string): boolean {
    if (fence.reader.read(text) !== null) return false
    const block = this.#tail.at(-1)
    if (block?.token.type !== 'code' || !block.code) return false
    this.#tailText += text
    const token: Token = {
      ...block.token,
      raw: block.token.raw + text,
      text: fenceText(this.#tailText.slice(fence.contentStart)),
    }
    block.code.update(token.text)
    this.#tail = this.#tail.with(-1, { token, code: block.code })
    this.#blocks = this.#blocks.with(-1, { token, code: block.code })
    return true
  }

  /** A definition came or changed: links of blocks that are settled may point elsewhere now. */
  #relink(block: Block): Block {
    if (block.code || !block.token.raw.includes('[')) return block
    const lexer = new ModelLexer()
    Object.assign(lexer.tokens.links, this.#links)
    const token = blockTokens(lexer, block.token.raw).find(({ type }) => type !== 'space')
    if (!token) return block
    fillInline(lexer, new Map(lexer.inlineQueue.map(({ src, tokens }) => [tokens, src])), token)
    return { token, code: null }
  }
}

/** The blocks of a text. A text that the lexer cannot take is shown as it was written: the rest must not go with it. */
function blockTokens(lexer: Lexer, text: string): Token[] {
  try {
    return lexer.blockTokens(text, [])
  } catch (error) {
    console.error('A text could not be read as Markdown.', error)
    lexer.inlineQueue = []
    return [asWritten(text)]
  }
}

/** Reads what is inside the lines of a block, except of parts that were taken over from before. */
function fillInline(lexer: Lexer, pending: ReadonlyMap<Token[], string>, token: Token): void {
  if (isTooWide(token)) return
  for (const tokens of inlineLists(token)) {
    const source = pending.get(tokens)
    if (source === undefined) {
      for (const child of tokens) fillInline(lexer, pending, child)
    } else {
      // A tag that one block left open says nothing about the next one.
      lexer.state.inRawBlock = false
      lexer.state.inLink = false
      fillLine(lexer, source, tokens)
    }
  }
}

function fillLine(lexer: Lexer, source: string, tokens: Token[]): void {
  try {
    lexer.inlineTokens(source, tokens)
  } catch (error) {
    console.error('A line could not be read as Markdown.', error)
    tokens.splice(0, tokens.length, { type: 'text', raw: source, text: source })
  }
}

function inlineLists(token: Token): Token[][] {
  if (isList(token)) return token.items.map(({ tokens }) => tokens)
  if (isTable(token)) return [...token.header, ...token.rows.flat()].map(({ tokens }) => tokens)
  return 'tokens' in token && token.tokens ? [token.tokens] : []
}

export function isList(token: Token): token is Tokens.List {
  return token.type === 'list'
}

export function isTable(token: Token): token is Tokens.Table {
  return token.type === 'table'
}

/** A table that nobody could read as one. */
export function isTooWide(token: Token): boolean {
  return isTable(token) && token.header.length > MOST_COLUMNS
}

function isCode(token: Token | undefined): token is Tokens.Code {
  return token?.type === 'code'
}

function codeLines(token: Token, old: Block | undefined): CodeLines | null {
  if (!isCode(token)) return null
  const language = fenceLanguage(token.lang ?? '')
  const lines = old?.code?.language === language ? old.code : new CodeLines(language)
  lines.update(token.text)
  return lines
}

/** Only fences that begin at the margin: indented ones are rare and lose indentation line by line. */
function openFence(token: Token | undefined, text: string): OpenFence | null {
  if (!isCode(token) || token.codeBlockStyle === 'indented') return null
  const opening = fenceOpening(token.raw)
  if (!opening || opening.indent > 0 || !token.raw.slice(0, opening.length).endsWith('\n')) return null
  const content = token.raw.slice(opening.length)
  const reader = new FenceReader(opening)
  if (reader.read(content) !== null) return null
  return { contentStart: text.length - content.length, reader }
}

function noLinks(): Links {
  return Object.create(null)
}

/** Of the first definition of a name, also of one in a list or a quote. */
function addLinks(links: Links, token: Token): void {
  if (token.type === 'def' && !Object.hasOwn(links, token.tag)) {
    links[token.tag] = { href: token.href, title: token.title }
  }
  for (const child of inlineLists(token).flat()) addLinks(links, child)
}

function sameLinks(a: Links, b: Links): boolean {
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every(
      (name) => Object.hasOwn(b, name) && a[name]?.href === b[name]?.href && a[name]?.title === b[name]?.title,
    )
  )
}
