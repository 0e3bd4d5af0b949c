/** Python's literals, as far as models write them: strings, numbers, True, False, None, lists, tuples and dicts. */
export class PythonReader {
  readonly text: string
  position: number

  constructor(text: string, position = 0) {
    this.text = text
    this.position = position
  }

  get atEnd(): boolean {
    return this.position >= this.text.length
  }

  /** Reads the value that begins here. Throws `NotPython`. */
  value(): unknown {
    this.spaces()
    const character = this.text[this.position]
    if (character === '"' || character === "'") return this.#string()
    if (character === '[') return this.#list('[', ']')
    if (character === '(') return this.#list('(', ')')
    if (character === '{') return this.#dict()
    return this.#word()
  }

  /** Goes over white space and then over `mark`; throws `NotPython` if another character stands there. */
  expect(mark: string): void {
    if (!this.skipMark(mark)) throw new NotPython(this.atEnd)
  }

  /** Goes over `mark` if it stands here, after white space. */
  skipMark(mark: string): boolean {
    this.spaces()
    if (!this.text.startsWith(mark, this.position)) return false
    this.position += mark.length
    return true
  }

  /** A name, after white space; throws `NotPython` if none stands here. */
  name(): string {
    this.spaces()
    NAME.lastIndex = this.position
    const name = NAME.exec(this.text)?.[0]
    if (!name) throw new NotPython(this.atEnd)
    this.position += name.length
    return name
  }

  spaces(): void {
    while (/\s/.test(this.text.charAt(this.position))) this.position++
  }

  #list(open: string, close: string): unknown[] {
    this.expect(open)
    const items: unknown[] = []
    while (!this.skipMark(close)) {
      items.push(this.value())
      if (!this.skipMark(',')) {
        this.expect(close)
        break
      }
    }
    return items
  }

  #dict(): Record<string, unknown> {
    this.expect('{')
    const entries: [string, unknown][] = []
    while (!this.skipMark('}')) {
      const key = this.value()
      this.expect(':')
      entries.push([String(key), this.value()])
      if (!this.skipMark(',')) {
        this.expect('}')
        break
      }
    }
    return Object.fromEntries(entries)
  }

  #string(): string {
    const first = this.text.charAt(this.position)
    const quote = this.text.startsWith(first.repeat(3), this.position) ? first.repeat(3) : first
    let result = ''
    let position = this.position + quote.length
    for (;;) {
      const character = this.text[position]
      if (character === undefined) throw new NotPython(true)
      if (this.text.startsWith(quote, position)) {
        this.position = position + quote.length
        return result
      }
      if (character !== '\\') {
        result += character
        position++
        continue
      }
      ESCAPE.lastIndex = position
      const sequence = ESCAPE.exec(this.text)?.[0]
      if (!sequence) throw new NotPython(position + 1 >= this.text.length)
      result += unescaped(sequence)
      position += sequence.length
    }
  }

  #word(): unknown {
    WORD.lastIndex = this.position
    const word = WORD.exec(this.text)?.[0]
    if (!word) throw new NotPython(this.atEnd)
    this.position += word.length
    if (words.has(word)) return words.get(word)
    const number = Number(word.replaceAll('_', ''))
    if (!Number.isFinite(number)) throw new NotPython(this.atEnd)
    return number
  }
}

/** What stands there is no Python literal, or not a whole one. */
export class NotPython extends Error {
  readonly unfinished: boolean

  constructor(unfinished: boolean) {
    super('No Python literal.')
    this.unfinished = unfinished
  }
}

/** The whole text as one literal; undefined = it is none. */
export function pythonLiteral(text: string): unknown {
  const reader = new PythonReader(text)
  try {
    const value = reader.value()
    reader.spaces()
    return reader.atEnd ? value : undefined
  } catch (error) {
    if (error instanceof NotPython) return undefined
    throw error
  }
}

const NAME = /[A-Za-z_][\w.-]*/y
const WORD = /[\w.+-]+/y
/** After the names, the forms with a number. */
const ESCAPE = /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[^xuU])/suy

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
  ['None', null],
  ['null', null],
])

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0', '\n': '' }

function unescaped(sequence: string): string {
  const kind = sequence.charAt(1)
  if ((kind === 'x' || kind === 'u' || kind === 'U') && sequence.length > 2) {
    const code = Number.parseInt(sequence.slice(2), 16)
    return code > 0x10ffff ? sequence : String.fromCodePoint(code)
  }
  const character = sequence.slice(1)
  if (character in escapes) return escapes[character] ?? ''
  // Python leaves an escape that it does not know as it is.
  return '\\\'"'.includes(character) ? character : sequence
}
