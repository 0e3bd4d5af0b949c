import { stripVTControlCharacters } from 'node:util'
import { plainCounted } from '#shared/lib/counted.ts'
import { beginningOf, endOf } from '#shared/lib/whole-characters.ts'

const HEAD = 10_000
const TAIL = 20_000
/** What a viewer gets while a command runs; the end of it comes with the result anyway. */
const LIVE = 200_000

/** Keeps the beginning and the end of a command's output, in characters, however much there is. */
export class CommandOutput {
  readonly #decoder = new TextDecoder()
  readonly #onText: (text: string) => void
  #head = ''
  #tail: string[] = []
  #tailLength = 0
  #dropped = false
  #droppedLines = 0
  #live = 0

  constructor(onText: (text: string) => void) {
    this.#onText = onText
  }

  /** A character may come in two pieces. */
  write(bytes: Uint8Array): void {
    this.#add(this.#decoder.decode(bytes, { stream: true }))
  }

  /** The output for the model: no colours, of a progress bar its last state, in the middle how much was left out. */
  end(): string {
    this.#add(this.#decoder.decode())
    const tail = this.#tail.join('')
    if (!this.#dropped && this.#head.length + tail.length <= HEAD + TAIL) return clean(this.#head + tail)
    const cut = endOf(tail, TAIL)
    const tailStart = cut.indexOf('\n') + 1
    const headEnd = this.#head.lastIndexOf('\n') + 1 || this.#head.length
    const dropped = tail.slice(0, tail.length - cut.length + tailStart)
    const lines = this.#droppedLines + lineEnds(this.#head.slice(headEnd)) + lineEnds(dropped)
    const what = lines > 0 ? plainCounted(lines, 'line') : 'a part'
    return `${clean(this.#head.slice(0, headEnd))}\n… ${what} left out …\n${clean(cut.slice(tailStart))}`
  }

  #add(text: string): void {
    if (text === '') return
    if (this.#live < LIVE) this.#onText(beginningOf(text, LIVE - this.#live))
    this.#live += text.length
    // The head is closed once something stands behind it, also where a character more would have had room.
    const room = this.#tailLength > 0 ? 0 : HEAD - this.#head.length
    const start = beginningOf(text, room)
    this.#head += start
    if (start.length === text.length) return
    const rest = text.slice(start.length)
    this.#tail.push(rest)
    this.#tailLength += rest.length
    // A piece goes only when what follows it fills the tail, so the tail is always whole.
    for (let first = this.#tail[0]; first && this.#tailLength - first.length > TAIL; first = this.#tail[0]) {
      this.#tail.shift()
      this.#tailLength -= first.length
      this.#dropped = true
      this.#droppedLines += lineEnds(first)
    }
  }
}

function clean(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n')
  return lines.map(lastState).join('\n').trimEnd()
}

function lastState(line: string): string {
  const end = line.replace(/\r+$/, '')
  return end.slice(end.lastIndexOf('\r') + 1)
}

function lineEnds(text: string): number {
  return text.split('\n').length - 1
}
