export interface Split {
  reasoning: string
  text: string
}

/** What earlier answers of a model taught. Kept by whoever asks it again. */
export interface ThinkMemory {
  /** Its template opens the reasoning itself: the answer begins inside, and only `</think>` is ever seen. */
  opensItself: boolean
  /** How many answers in a row came as reasoning of the server only. */
  onlyReasoned?: number
}

/**
 * Splits `<think>…</think>` at the beginning of an answer from the answer, for servers that do not (docs/servers.md E.4, 6).
 * A `</think>` that nothing opened makes what is not out yet reasoning, and is remembered: the next answer of this
 * model begins as reasoning. It is over with the first reasoning that the server sends itself: `stop`.
 */
export class ThinkSplitter {
  readonly #memory: ThinkMemory
  #state: 'start' | 'inside' | 'answer' | 'after' | 'off' = 'start'
  #close = CLOSE
  /** Undecided characters. */
  #held = ''
  /** The answer so far, or the reasoning that nothing opened. */
  #past = ''
  #assumed = false
  /** Line breaks beside the tags belong to them. */
  #trimming = false

  constructor(memory: ThinkMemory = { opensItself: false }) {
    this.#memory = memory
  }

  /** Ordinary text of the answer: `feed` would give the same back. */
  passes(delta: string): boolean {
    if (this.#state === 'off' || (this.#state === 'after' && !this.#trimming)) return true
    if (this.#state !== 'answer' || this.#held !== '' || delta.includes('<')) return false
    this.#past += delta
    return true
  }

  feed(delta: string): Split {
    const split = { reasoning: '', text: '' }
    const text = this.#held + delta
    this.#held = ''
    if (this.#state === 'start') this.#begin(text, split)
    else if (this.#state === 'inside') this.#think(text, split)
    else if (this.#state === 'answer') this.#answer(text, split, false)
    else this.#write(text, split)
    return split
  }

  /** The server sends reasoning itself: what comes is text. Returns what was held. */
  stop(): string {
    const held = this.#held
    this.#held = ''
    this.#state = 'off'
    return held
  }

  /** The answer is over; `needsNoText` = by a limit, or with a call: reasoning may then be all there is. */
  end(needsNoText: boolean): Split {
    const split = { reasoning: '', text: '' }
    const held = this.#held
    this.#held = ''
    if (this.#state === 'answer') this.#answer(held, split, true)
    else if (this.#state !== 'inside') split.text = held
    else if (!this.#assumed || needsNoText) split.reasoning = held
    else {
      // The model did not think this time: what was taken for reasoning was the answer.
      this.#memory.opensItself = false
      split.text = this.#past + held
    }
    this.#state = 'off'
    return split
  }

  #begin(text: string, split: Split): void {
    const visible = text.trimStart()
    const pair = pairs.find(({ open }) => visible.startsWith(open))
    if (!pair && pairs.some(({ open }) => open.startsWith(visible))) {
      this.#held = text
    } else if (pair || this.#memory.opensItself) {
      this.#close = pair?.close ?? CLOSE
      this.#assumed = !pair
      this.#state = 'inside'
      this.#trimming = true
      this.#think(pair ? visible.slice(pair.open.length) : text, split)
    } else {
      this.#state = 'answer'
      this.#answer(text, split, false)
    }
  }

  #think(text: string, split: Split): void {
    const close = text.indexOf(this.#close)
    const end = close < 0 ? startOfPart(text, this.#close) : close
    const reasoning = this.#trimmed(text.slice(0, end))
    split.reasoning += reasoning
    if (this.#assumed) this.#past += reasoning
    if (close < 0) {
      this.#held = text.slice(end)
      return
    }
    this.#state = 'after'
    this.#trimming = true
    this.#write(text.slice(close + this.#close.length), split)
  }

  #answer(text: string, split: Split, isWhole: boolean): void {
    const close = text.indexOf(CLOSE)
    const before = text.slice(0, close)
    const after = text.slice(close + CLOSE.length)
    if (close < 0 || (after === '' && !isWhole)) {
      // What follows the tag says whether it ends something or is talked about.
      const nothingOut = close >= 0 && this.#past === ''
      const kept = isWhole ? text.length : nothingOut ? 0 : close < 0 ? startOfPart(text, CLOSE) : close
      this.#held = text.slice(kept)
      this.#past += text.slice(0, kept)
      split.text += text.slice(0, kept)
    } else if (!isStray(this.#past + before, after)) {
      this.#state = 'off'
      split.text += text
    } else {
      if (this.#past === '') split.reasoning += before
      else split.text += before
      this.#memory.opensItself = true
      this.#state = 'after'
      this.#trimming = true
      this.#write(after, split)
    }
  }

  #write(text: string, split: Split): void {
    split.text += this.#trimmed(text)
  }

  #trimmed(text: string): string {
    if (!this.#trimming) return text
    const rest = text.replace(/^[\r\n]+/, '')
    if (rest !== '') this.#trimming = false
    return rest
  }
}

const CLOSE = '</think>'

const pairs = [
  { open: '<think>', close: CLOSE },
  { open: '<thinking>', close: '</thinking>' },
  { open: '[THINK]', close: '[/THINK]' },
]

/** Where the longest end of the text begins that could become `mark`; its length if there is none. */
function startOfPart(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(mark.slice(0, length))) return text.length - length
  }
  return text.length
}

/** It ends something, unlike the tag that an answer talks about: in quotes, in code, within a sentence. */
function isStray(before: string, after: string): boolean {
  if (/[ \t"'`“‘«(]$/.test(before) || /^[ \t"'`”’».,;:)]/.test(after)) return false
  const fences = before.match(/^[ \t]*(?:```|~~~)/gm)?.length ?? 0
  return fences % 2 === 0 && !before.includes('<think')
}
