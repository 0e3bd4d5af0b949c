import { assertNever } from '#shared/lib/assert-never.ts'
import type { ToolDefinition } from '../contract/backend.ts'
import { afterSpaces, type FoundCall, type Grammar, matchAt, type Reading } from './grammar.ts'
import { openingAt } from './grammars.ts'
import { ProseContext, SPECIAL } from './prose-context.ts'
import { type ToolSchemas, toolSchemas } from './tool-schemas.ts'

/** A call that a server left in the text. */
export interface RecoveredCall {
  name: string
  /** JSON text; an object unless there is a `problem`. */
  arguments: string
  /** It must not run, and why, in words for the model. */
  problem?: string
}

export interface Recovery {
  /** What was held back and is text. */
  text: string
  /** What was held back, as it came. */
  held: string
  calls: readonly RecoveredCall[]
  /** The tool in whose call the text ends; the call itself stays in the text. */
  incomplete: string | null
  /** Tools whose calls stay in the text because the answer goes on behind them: they may be quoted as well as meant. */
  doubtful: readonly string[]
}

/**
 * Finds tool calls in streamed text and holds them back (docs/servers.md E). Whatever the pieces, what `feed` and `end`
 * give together is the same. Text that could still become the first characters of a call waits, a bounded number of
 * them; once a call has begun, everything after it waits for `end`, because only the end shows where a value stops.
 */
export class LeakFilter {
  readonly #tools: ToolSchemas
  readonly #context = new ProseContext()
  #held = ''
  /** A call began at the first character of what is held. */
  #caught = false
  #gaveUp = false
  /** Nothing but white space came yet. */
  #atStart = true

  constructor(tools: readonly ToolDefinition[]) {
    this.#tools = toolSchemas(tools)
  }

  /** A call has begun: everything waits for its end. */
  get holdsCall(): boolean {
    return this.#caught
  }

  /** What of the text can be shown now. */
  feed(delta: string): string {
    if (this.#held === '') {
      if (this.#gaveUp) return delta
      if (!this.#atStart && this.#context.isPlain && !SPECIAL.test(delta)) {
        this.#context.skip(delta)
        return delta
      }
    }
    const text = this.#held + delta
    if (!this.#caught) {
      const { position, opening } = this.#scan(text, 0, false)
      this.#held = text.slice(position)
      this.#caught = opening !== null
      return text.slice(0, position)
    }
    this.#held = text
    if (text.length <= HELD_LIMIT) return ''
    this.#gaveUp = true
    return this.release()
  }

  /** What is held, as text: it is not wanted as a call. */
  release(): string {
    const text = this.#held
    this.#held = ''
    this.#caught = false
    return text
  }

  /** The text is over. `wasRead` = the model has read these words somewhere: a call that it writes down is a quotation. */
  end(wasRead: (text: string) => boolean = () => false): Recovery {
    const held = this.release()
    const result = new Result()
    for (let position = 0; position < held.length; ) {
      const found = this.#scan(held, position, true)
      result.addText(held.slice(position, found.position))
      if (!found.opening) break
      position = this.#readCalls(held, found.position, found.opening, result, wasRead)
    }
    const { text, calls, incomplete, doubtful } = result
    return { held, text, calls, incomplete, doubtful }
  }

  /** To the first place where a call begins or could begin, else to the end. */
  #scan(text: string, from: number, isWhole: boolean): { position: number; opening: Grammar | null } {
    for (let position = from; position < text.length; position++) {
      const character = text.charAt(position)
      if (this.#mayOpen(character) && this.#context.allowsCall()) {
        const opening = openingAt(text, position, this.#atStart, this.#tools)
        switch (opening.kind) {
          case 'undecided':
            if (!isWhole) return { position, opening: null }
            break
          case 'call':
            if (!this.#context.opensSingleQuote()) return { position, opening: opening.grammar }
            break
          case 'none':
            break
          default:
            assertNever(opening)
        }
      }
      this.#pass(character)
    }
    return { position: text.length, opening: null }
  }

  #mayOpen(character: string): boolean {
    return character === '<' || character === '[' || (this.#atStart && character.trim() !== '')
  }

  #pass(character: string): void {
    this.#context.advance(character)
    if (this.#atStart && character.trim() !== '') this.#atStart = false
  }

  /** Reads the calls at `start` out of the text, or leaves them in it; returns where to go on. */
  #readCalls(
    text: string,
    start: number,
    grammar: Grammar,
    result: Result,
    wasRead: (text: string) => boolean,
  ): number {
    const reading = grammar.read(text, start, this.#tools)
    if (!reading || (grammar.wholeText && !reading.unfinished && !this.#isRestEmpty(text, reading.end))) {
      this.#pass(text.charAt(start))
      result.addText(text.charAt(start))
      return start + 1
    }
    if (reading.unfinished !== undefined) {
      this.#addCalls(text, reading, result, text.slice(start, reading.end))
      if (this.#tools.has(reading.unfinished)) result.incomplete = reading.unfinished
      result.addNeutral(text.slice(reading.end))
      return text.length
    }
    const inSentence = this.#context.lineHasText && SENTENCE_GOES_ON.test(text.slice(reading.end, reading.end + 20))
    this.#context.restart()
    this.#atStart = false
    const source = text.slice(start, reading.end)
    if (inSentence || !reading.calls.some(({ name }) => this.#tools.has(name))) {
      if (inSentence) result.addText(source)
      else result.addNeutral(source)
      return reading.end
    }
    if (wasRead(source)) {
      result.addText(source)
      result.doubtful.push(...reading.calls.map(({ name }) => name))
      return reading.end
    }
    this.#addCalls(text, reading, result, source)
    const rest = reading.end + (matchAt(LEFTOVERS, text, reading.end)?.[0].length ?? 0)
    const next = afterSpaces(text, rest)
    result.gap = text.slice(rest, next)
    return next
  }

  /** `source`: the text of all of them together. */
  #addCalls(text: string, { calls }: Reading, result: Result, source: string): void {
    let own = source
    for (const call of calls) {
      if (!this.#tools.has(call.name)) result.addNeutral(text.slice(call.start, call.end))
      else {
        result.addCall(call, own)
        own = ''
      }
    }
  }

  #isRestEmpty(text: string, end: number): boolean {
    const rest = end + (matchAt(LEFTOVERS, text, end)?.[0].length ?? 0)
    return afterSpaces(text, rest) === text.length
  }
}

/** No call of a tool is that long, in characters. */
const HELD_LIMIT = 4_000_000
/** Ends of sections and turns that a server leaves behind a call. */
const LEFTOVERS =
  /(?:\s*(?:<\/tool_call>|<\|(?:im_end|eot_id|eom_id|call|end|return|endoftext|tool_calls_section_end)\|>|<\/s>|<\/minimax:tool_call>|<｜end▁of▁sentence｜>))*/y
/** Marks alone say nothing about a call. */
const WORDS = /[\p{L}\p{N}]/u
/** A call with words before and after it on its line is talked about, not made. */
const SENTENCE_GOES_ON = /^[ \t]*[\p{L}\p{N},;]/u

/**
 * What becomes of a text with calls in it. An answer ends with the calls that it makes: those behind which it goes on in
 * words are text again.
 */
class Result {
  calls: RecoveredCall[] = []
  incomplete: string | null = null
  readonly doubtful: string[] = []
  /** White space after a call: it counts only if text follows. */
  gap = ''
  /** Up to the first of the calls. */
  #before = ''
  /** What stands between and behind the calls, without them and with them. */
  #marks = ''
  #whole = ''

  get text(): string {
    return this.#before + this.#marks
  }

  addText(text: string): void {
    this.addNeutral(text)
    if (this.calls.length > 0 && WORDS.test(text)) this.#takeBack()
  }

  /** Text that says nothing about the calls before it: one that is cut, or one of a tool that nobody knows. */
  addNeutral(text: string): void {
    if (text === '') return
    const piece = this.gap + text
    this.gap = ''
    if (this.calls.length === 0) this.#before += piece
    else {
      this.#marks += piece
      this.#whole += piece
    }
  }

  addCall({ name, arguments: text, problem }: FoundCall, source: string): void {
    this.#whole += this.gap + source
    this.gap = ''
    this.calls.push({ name, arguments: text, ...(problem !== undefined && { problem }) })
  }

  #takeBack(): void {
    this.doubtful.push(...this.calls.map(({ name }) => name))
    this.calls = []
    this.#before += this.#whole
    this.#marks = ''
    this.#whole = ''
  }
}
