import { Lexer, type Links, type Token, type Tokens } from 'marked'
import { CodeLines } from './code-lines.ts'
import { reuseParts } from './reuse-tokens.ts'

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
  closing: RegExp
}

/**
 * Splits a growing text into blocks. The same blocks as a full lex of the text (markdown-document.test.ts), but what
 * lies before the last safe boundary is never read again. A boundary is safe behind a blank line that two more blocks
 * follow: nothing that comes later can reach back over it.
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
    if (text === '') return
    if (this.#fence && this.#extendFence(this.#fence, text)) return
    this.#tailText += text
    this.#lexTail()
  }

  /** Line ends become `\n`; a `\r` at the end waits for what follows it. */
  #normalise(chunk: string): string {
    let text = this.#heldReturn ? `\r${chunk}` : chunk
    this.#heldReturn = text.endsWith('\r')
    if (this.#heldReturn) text = text.slice(0, -1)
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  }

  #lexTail(): void {
    const lexer = new Lexer()
    Object.assign(lexer.tokens.links, this.#settledLinks)
    const tokens = lexer.blockTokens(this.#tailText, [])
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
    this.#settle(tokens)
    this.#blocks = [...this.#settled, ...this.#tail]
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
    const lineStart = Math.max(this.#tailText.lastIndexOf('\n') + 1, fence.contentStart)
    const lines = this.#tailText.slice(lineStart) + text
    if (fence.closing.test(lines)) return false
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
    const lexer = new Lexer()
    Object.assign(lexer.tokens.links, this.#links)
    const token = lexer.blockTokens(block.token.raw, []).find(({ type }) => type !== 'space')
    if (!token) return block
    fillInline(lexer, new Map(lexer.inlineQueue.map(({ src, tokens }) => [tokens, src])), token)
    return { token, code: null }
  }
}

/** Reads what is inside the lines of a block, except of parts that were taken over from before. */
function fillInline(lexer: Lexer, pending: ReadonlyMap<Token[], string>, token: Token): void {
  for (const tokens of inlineLists(token)) {
    const source = pending.get(tokens)
    if (source === undefined) {
      for (const child of tokens) fillInline(lexer, pending, child)
    } else {
      // A tag that one block left open says nothing about the next one.
      lexer.state.inRawBlock = false
      lexer.state.inLink = false
      lexer.inlineTokens(source, tokens)
    }
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

function isCode(token: Token | undefined): token is Tokens.Code {
  return token?.type === 'code'
}

function codeLines(token: Token, old: Block | undefined): CodeLines | null {
  if (!isCode(token)) return null
  const language = languageOf(token)
  const lines = old?.code?.language === language ? old.code : new CodeLines(language)
  lines.update(token.text)
  return lines
}

/** The first word after the fence; `ts title="a.ts"` is ts. */
function languageOf(token: Tokens.Code): string {
  return /^[^\s{,:]*/.exec(token.lang ?? '')?.[0].toLowerCase() ?? ''
}

/** Only fences that begin at the margin: indented ones are rare and lose indentation line by line. */
function openFence(token: Token | undefined, text: string): OpenFence | null {
  if (!isCode(token) || token.codeBlockStyle === 'indented') return null
  const opening = /^(`{3,}|~{3,})[^\n]*\n/.exec(token.raw)
  const marker = opening?.[1]
  if (!opening || !marker) return null
  const closing = new RegExp(`^ {0,3}${marker[0]}{${marker.length},} *$`, 'm')
  const content = token.raw.slice(opening[0].length)
  if (closing.test(content)) return null
  return { contentStart: text.length - content.length, closing }
}

/** The text of an open fence as marked gives it: one line end at its end is not part of it. */
function fenceText(content: string): string {
  if (!content.endsWith('\n')) return content
  const body = content.slice(0, -1)
  return body === '' || body.endsWith('\n') ? content : body
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
