import { redrawRow } from '../terminal/held-row.ts'
import { draftAfter } from './draft.ts'
import { isForeground } from './foreground.ts'
import { interrupt } from './interrupts.ts'
import { PasteSplitter } from './paste-splitter.ts'

/** Who gets what is typed, for as long as nobody else asks for it. */
export interface Receiver {
  keys(text: string): void
  paste(text: string): void
  /** The terminal is gone: nothing more comes. */
  end(): void
}

/** What happens to what is typed while nothing is asked. */
export interface DraftOptions {
  /** Somebody takes it later, so a question does not throw it away. */
  keep?: boolean
  /** Enter sends it; without this, Enter is a line feed in a text that is for later. */
  onEnter?(text: string): void
  /** Ctrl-D in an empty text, or the terminal is gone. */
  onEnd?(): void
  /** Ctrl-C, instead of what it is everywhere. */
  onInterrupt?(): void
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: Ctrl-C, Ctrl-D and Enter are control characters
const COMMANDS = /([\x03\x04\r\n])/

const BRACKETED_PASTE = { on: '\x1b[?2004h', off: '\x1b[?2004l' }

/**
 * The keyboard of this process. While it is open nothing is echoed: each key goes to who asked last (a question, the line of
 * a message), otherwise into a draft. Ctrl-C is an interrupt, Ctrl-Z suspends.
 */
class Keyboard {
  #users = 0
  #raw = false
  /** The terminal is gone. */
  #ended = false
  #splitter = new PasteSplitter()
  readonly #receivers: Receiver[] = []
  #draft = ''
  #options: DraftOptions = {}
  #onDraft: (draft: string) => void = () => undefined
  #suspended: NodeJS.Timeout | undefined

  readonly #onData = (chunk: string) => {
    for (const { kind, text } of this.#splitter.feed(chunk)) {
      const receiver = this.#receivers.at(-1)
      if (kind === 'paste') receiver ? receiver.paste(text) : this.#changeDraft(this.#draft + text)
      else if (text === '\x1a') this.#suspend()
      else if (receiver) receiver.keys(text)
      else this.#typed(text)
    }
  }
  /** Whoever listens hears of it, and whoever begins to listen later: it comes once, perhaps while nobody asks. */
  readonly #onEnd = () => {
    if (this.#ended) return
    this.#ended = true
    for (const receiver of [...this.#receivers].reverse()) receiver.end()
    this.#options.onEnd?.()
  }
  readonly #onContinue = () => {
    void this.#occupyIfForeground()
  }

  /** Each `open` needs its `close`. */
  open(): void {
    this.#users++
    if (!this.#raw && !this.#ended) this.#occupy()
  }

  /** As `open`, unless a shell has this process in the background. */
  async openInForeground(): Promise<boolean> {
    if (this.#users > 0 || (await isForeground())) {
      this.open()
      return true
    }
    return false
  }

  close(): void {
    if (--this.#users > 0) return
    this.#release()
    this.#draft = ''
    this.#options = {}
    this.#onDraft = () => undefined
  }

  /** What is typed goes to `receiver` until the returned function is called. Where nothing can come, it hears that next. */
  receive(receiver: Receiver): () => void {
    this.#receivers.push(receiver)
    if (this.#ended) queueMicrotask(() => this.#receivers.includes(receiver) && receiver.end())
    return () => {
      const at = this.#receivers.lastIndexOf(receiver)
      if (at >= 0) this.#receivers.splice(at, 1)
    }
  }

  setDraft(options: DraftOptions): void {
    this.#options = options
    if (this.#ended) queueMicrotask(() => this.#options === options && options.onEnd?.())
  }

  /** Hears of every change of the draft, so that it can be shown where it disturbs nothing. */
  onDraft(listener: (draft: string) => void): void {
    this.#onDraft = listener
  }

  get keepsDraft(): boolean {
    return this.#options.keep === true
  }

  get draft(): string {
    return this.#draft
  }

  takeDraft(): string {
    const draft = this.#draft
    this.#changeDraft('')
    return draft
  }

  /** Ctrl-C: while the keyboard is open, the terminal sends a key and no signal. */
  interrupt(): void {
    if (this.#options.onInterrupt) this.#options.onInterrupt()
    else interrupt()
  }

  #typed(text: string): void {
    for (const key of text.split(COMMANDS)) {
      if (key === '\x03') this.interrupt()
      else if (key === '\x04') {
        if (this.#draft === '') this.#options.onEnd?.()
      } else if ((key === '\r' || key === '\n') && this.#options.onEnter) this.#options.onEnter(this.takeDraft())
      else if (key !== '') this.#changeDraft(draftAfter(this.#draft, key))
    }
  }

  #changeDraft(draft: string): void {
    if (draft === this.#draft) return
    this.#draft = draft
    this.#onDraft(draft)
  }

  #occupy(): void {
    const { stdin, stderr } = process
    this.#raw = true
    stdin.setRawMode(true)
    stdin.setEncoding('utf8')
    stdin.on('data', this.#onData)
    stdin.on('end', this.#onEnd)
    stdin.on('error', this.#onEnd)
    stdin.resume()
    if (process.env.TERM !== 'dumb') stderr.write(BRACKETED_PASTE.on)
    process.on('exit', this.#restore)
  }

  #release(): void {
    const { stdin } = process
    process.off('exit', this.#restore)
    stdin.off('data', this.#onData)
    stdin.off('end', this.#onEnd)
    stdin.pause()
    this.#restore()
    stdin.off('error', this.#onEnd)
  }

  readonly #restore = () => {
    if (!this.#raw) return
    this.#raw = false
    if (process.env.TERM !== 'dumb') process.stderr.write(BRACKETED_PASTE.off)
    process.stdin.setRawMode(false)
  }

  #suspend(): void {
    this.#release()
    // Without an input nothing else may keep the process, and it is not over.
    this.#suspended = setInterval(() => undefined, 60_000)
    process.on('SIGCONT', this.#onContinue)
    process.kill(process.pid, 'SIGTSTP')
  }

  /** A job that goes on in the background takes the keyboard when it is brought to the front. */
  async #occupyIfForeground(): Promise<void> {
    if (!(await isForeground())) return
    process.off('SIGCONT', this.#onContinue)
    clearInterval(this.#suspended)
    if (this.#users === 0 || this.#raw) return
    this.#occupy()
    redrawRow()
  }
}

export const keyboard = new Keyboard()
