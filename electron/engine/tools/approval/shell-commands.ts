import { ToolProblem } from '../contract/tool-problem.ts'

/** What a shell would run, as words without their quotes, and the text it would be given to read. */
export interface ShellCommand {
  words: string[]
  /** The bodies of its here-documents. */
  input: string
}

/**
 * The commands in a text for a shell: chained ones, those in brackets and in substitutions; what is quoted, commented out
 * or in a here-document is text and no command. Made for a look at what a model wrote, not as a border: what is not closed
 * is read as well as it goes. Throws `ToolProblem` where commands stand in commands more often than anybody means.
 */
export function shellCommands(text: string): ShellCommand[] {
  return new Reader(text, 0).read()
}

/** So often a command may stand in another one; each time costs a look at all of it. */
const DEEPEST = 30

class Reader {
  readonly #text: string
  readonly #depth: number
  readonly #commands: ShellCommand[] = []
  #at = 0
  #command: ShellCommand = { words: [], input: '' }
  #word: string | null = null
  readonly #documents: { end: string; dashed: boolean; raw: boolean; command: ShellCommand }[] = []

  constructor(text: string, depth: number) {
    if (depth > DEEPEST) {
      throw new ToolProblem('This command has too many commands in commands. Make it simpler.', 'nested too deeply')
    }
    this.#text = text
    this.#depth = depth
  }

  read(): ShellCommand[] {
    while (this.#at < this.#text.length) this.#next(this.#text[this.#at] ?? '')
    this.#endCommand()
    return this.#commands
  }

  #next(character: string): void {
    this.#at += 1
    if (character === '\\') this.#append(this.#text[this.#at++] ?? '')
    else if (character === "'") this.#append(this.#until("'"))
    else if (character === '"') this.#quoted()
    else if (character === '`') this.#inner(this.#until('`'))
    else if (character === '$' && this.#text[this.#at] === '(') this.#inner(this.#brackets())
    else if (character === '#' && this.#word === null) this.#comment()
    else if (character === '<' && this.#text[this.#at] === '<') this.#document()
    else if (character === ' ' || character === '\t') this.#endWord()
    else if (/[;&|(){}\n]/.test(character)) {
      // A brace inside of a word is part of it: `${x}`, `{a,b}`.
      const isPart = /[{}]/.test(character) && this.#word !== null
      if (isPart) this.#append(character)
      else this.#endCommand()
      if (character === '\n') this.#bodies()
    } else this.#append(character)
  }

  #append(text: string): void {
    this.#word = (this.#word ?? '') + text
  }

  #endWord(): void {
    if (this.#word !== null) this.#command.words.push(this.#word)
    this.#word = null
  }

  #endCommand(): void {
    this.#endWord()
    if (this.#command.words.length > 0) this.#commands.push(this.#command)
    this.#command = { words: [], input: '' }
  }

  /** Up to a mark, which is passed; without one, all the rest. */
  #until(mark: string): string {
    const end = this.#text.indexOf(mark, this.#at)
    const part = this.#text.slice(this.#at, end === -1 ? undefined : end)
    this.#at = end === -1 ? this.#text.length : end + mark.length
    return part
  }

  #quoted(): void {
    this.#append('')
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at++]
      if (character === '"') return
      if (character === '\\') this.#append(this.#text[this.#at++] ?? '')
      else if (character === '`') this.#inner(this.#until('`'))
      else if (character === '$' && this.#text[this.#at] === '(') this.#inner(this.#brackets())
      else this.#append(character ?? '')
    }
  }

  /** What stands in the brackets that open here. */
  #brackets(): string {
    const start = this.#at + 1
    let depth = 0
    for (; this.#at < this.#text.length; this.#at += 1) {
      if (this.#text[this.#at] === '(') depth += 1
      if (this.#text[this.#at] === ')') depth -= 1
      if (depth === 0) break
    }
    this.#at += 1
    return this.#text.slice(start, this.#at - 1)
  }

  #inner(text: string): void {
    this.#append('$()')
    this.#addText(text)
  }

  /** The commands of a part. */
  #addText(text: string): void {
    this.#commands.push(...new Reader(text, this.#depth + 1).read())
  }

  #comment(): void {
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end === -1 ? this.#text.length : end
  }

  #document(): void {
    const start = /^<(-?)[ \t]*(\\?)(['"]?)([\w.-]+)\3/.exec(this.#text.slice(this.#at))
    if (!start) {
      this.#append('<')
      return
    }
    const [whole, dash, backslash, quote, end = ''] = start
    this.#endWord()
    this.#at += whole.length
    const raw = backslash !== '' || quote !== ''
    this.#documents.push({ end, dashed: dash !== '', raw, command: this.#command })
  }

  #bodies(): void {
    for (const { end, dashed, raw, command } of this.#documents.splice(0)) {
      const lines: string[] = []
      while (this.#at < this.#text.length) {
        const line = this.#until('\n')
        if ((dashed ? line.replace(/^\t+/, '') : line) === end) break
        lines.push(line)
      }
      command.input += `${lines.join('\n')}\n`
      if (raw) continue
      for (const found of command.input.matchAll(/\$\(([^()]*)\)|`([^`]*)`/g)) {
        this.#addText(found[1] ?? found[2] ?? '')
      }
    }
  }
}
