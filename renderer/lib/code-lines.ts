import {
  canColour,
  colourerOf,
  type LineColourer,
  type LineState,
  loadLanguage,
  plainSpans,
  type Span,
} from './highlighter.ts'
import { whenIdle } from './idle-work.ts'

/** Lines that are drawn and skipped together; a chunk that is full never changes again but for its colours. */
export interface Chunk {
  lines: readonly (readonly Span[])[]
  /** Of a chunk that is not the last: its lines are all complete. */
  full: boolean
}

/** How many lines a chunk holds. */
export const CHUNK_LINES = 50
/** More than this at once is coloured later, in slices. */
const LINES_AT_ONCE = 60

/**
 * The lines of one code block. Text comes first; colours come at once where it grows line by line, and in slices while
 * the window is idle where a lot of it stands there already. Only code that somebody watches is coloured.
 */
export class CodeLines {
  readonly language: string
  #lines: (readonly Span[])[] = []
  /** Length of the text up to the end of the last complete line. */
  #complete = 0
  #partial = ''
  /** Of the unfinished line; null = it has no colours. */
  #partialSpans: readonly Span[] | null = null
  /** Lines before this one have their colours. */
  #coloured = 0
  #state: LineState = null
  #chunks: Chunk[] = []
  readonly #watchers = new Set<() => void>()

  constructor(language: string) {
    this.language = language
  }

  /** The same array until something changed. */
  readonly chunks = (): readonly Chunk[] => this.#chunks

  text(): string {
    return [...this.#lines.map(textOf), this.#partial].join('\n')
  }

  /** Calls back when colours came; as long as somebody watches, they come. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed)
    if (this.#coloured < this.#lines.length || this.#partial !== '') this.#colourLater()
    return () => this.#watchers.delete(changed)
  }

  /** `text` is all of it: what was there before, longer, or shorter by less than its last line. */
  update(text: string): void {
    if (text.length < this.#complete) this.#restart()
    const from = Math.floor(this.#lines.length / CHUNK_LINES)
    const added = text.slice(this.#complete).split('\n')
    this.#partial = added.pop() ?? ''
    this.#partialSpans = null
    this.#complete = text.length - this.#partial.length
    for (const line of added) this.#lines.push(plainSpans(line))
    if (this.#watchers.size > 0) this.#colourNow(added.length)
    this.#rebuild(from)
  }

  /** Only where every line before has its colours, a line depends on them; what is not coloured now is so later. */
  #colourNow(added: number): void {
    const behind = this.#coloured < this.#lines.length - added
    const colourer = behind || added > LINES_AT_ONCE ? null : colourerOf(this.language)
    while (colourer && !this.#isColoured() && this.#colourLine(colourer)) {}
    if (!this.#isColoured()) this.#colourLater()
  }

  #isColoured(): boolean {
    return this.#coloured === this.#lines.length && this.#partialSpans !== null
  }

  /** One line more, the unfinished one last; false = the colourer has to compile first. */
  #colourLine(colourer: LineColourer): boolean {
    const line = this.#lines[this.#coloured]
    const coloured = colourer.colour(line ? textOf(line) : this.#partial, this.#state)
    if (!coloured) return false
    if (line) {
      this.#lines[this.#coloured] = coloured.spans
      this.#state = coloured.state
      this.#coloured += 1
    } else this.#partialSpans = coloured.spans
    return true
  }

  #rebuild(from: number): void {
    const chunks = this.#chunks.slice(0, from)
    for (let start = from * CHUNK_LINES; start <= this.#lines.length; start += CHUNK_LINES) {
      const lines = this.#lines.slice(start, start + CHUNK_LINES)
      const full = lines.length === CHUNK_LINES
      if (!full) lines.push(this.#partialSpans ?? plainSpans(this.#partial))
      chunks.push({ lines, full })
    }
    this.#chunks = chunks
  }

  #colourLater(): void {
    if (!canColour(this.language)) return
    if (colourerOf(this.language)) whenIdle(this, (left) => this.#colourSlice(left))
    else {
      void loadLanguage(this.language).then(() => {
        if (this.#watchers.size > 0) this.#colourLaterIfLoaded()
      })
    }
  }

  #colourLaterIfLoaded(): void {
    if (colourerOf(this.language)) whenIdle(this, (left) => this.#colourSlice(left))
  }

  /** True when it is done, or when nobody looks any more. */
  #colourSlice(timeLeft: () => number): boolean {
    const colourer = colourerOf(this.language)
    if (!colourer || this.#watchers.size === 0) return true
    const first = Math.floor(this.#coloured / CHUNK_LINES)
    let compiled = true
    while (compiled && !this.#isColoured() && timeLeft() > 0) {
      if (!this.#colourLine(colourer)) compiled = colourer.compile(timeLeft)
    }
    this.#rebuild(first)
    for (const changed of this.#watchers) changed()
    return this.#isColoured()
  }

  #restart(): void {
    this.#lines = []
    this.#complete = 0
    this.#partialSpans = null
    this.#coloured = 0
    this.#state = null
    this.#chunks = []
  }
}

function textOf(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join('')
}
