/** Languages of fences that hold Markdown, and with it fences of their own. */
const MARKDOWN: ReadonlySet<string> = new Set(['markdown', 'md', 'mdx', 'mdown', 'readme'])

/** The first line of a fenced block. */
export interface FenceOpening {
  /** Blanks before the marker. */
  indent: number
  /** Three or more of the same character. */
  marker: string
  info: string
  /** Where the content begins. */
  length: number
}

/** The fence that a text opens with; null = it opens with none. */
export function fenceOpening(text: string): FenceOpening | null {
  const opening = /^( {0,3})(`{3,}(?=[^`\n]*(?:\n|$))|~{3,})([^\n]*)(?:\n|$)/.exec(text)
  if (!opening) return null
  const [whole, indent = '', marker = '', info = ''] = opening
  return { indent: indent.length, marker, info: info.trim(), length: whole.length }
}

/** The first word after a fence: `ts title="a.ts"` is ts. */
export function fenceLanguage(info: string): string {
  return /^[^\s{,:]*/.exec(info)?.[0].toLowerCase() ?? ''
}

/**
 * Whether fences inside of this one are told apart from its own end. Models put a README with commands into three
 * backticks, where CommonMark ends it at the first command.
 */
export function holdsFences(info: string): boolean {
  return MARKDOWN.has(fenceLanguage(info))
}

/** Follows the content of a fence as it comes, and says when a line of it is the end. */
export class FenceReader {
  readonly #line: RegExp
  readonly #nests: boolean
  #inside = 0
  #partial = ''
  #read = 0

  constructor({ marker, info }: FenceOpening) {
    this.#line = new RegExp(`^ {0,3}\\${marker[0]}{${marker.length},}([^\\n]*)$`)
    this.#nests = holdsFences(info)
  }

  /**
   * More of the content. Gives where the line that ends the fence begins, counted from the beginning of the content;
   * null = it goes on. A line that is not complete yet ends it as it stands.
   */
  read(text: string): number | null {
    const lines = (this.#partial + text).split('\n')
    this.#partial = lines.pop() ?? ''
    for (const line of lines) {
      if (this.#ends(line)) return this.#read
      this.#read += line.length + 1
    }
    const info = this.#infoOf(this.#partial)
    return info === '' && this.#inside === 0 ? this.#read : null
  }

  #ends(line: string): boolean {
    const info = this.#infoOf(line)
    if (info === null) return false
    if (info !== '') {
      if (this.#nests && !info.includes('`')) this.#inside += 1
      return false
    }
    if (this.#inside === 0) return true
    this.#inside -= 1
    return false
  }

  /** What stands behind a marker; null = the line has none. Only blanks count as nothing. */
  #infoOf(line: string): string | null {
    const found = this.#line.exec(line)
    return found ? (found[1] ?? '').replace(/ +$/, '') : null
  }
}

/** The text of a fence as marked gives it: one line end at its end is not part of it. */
export function fenceText(content: string): string {
  if (!content.endsWith('\n')) return content
  const body = content.slice(0, -1)
  return body === '' || body.endsWith('\n') ? content : body
}
