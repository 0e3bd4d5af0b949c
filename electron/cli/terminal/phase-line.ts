import type { Phase } from '#shared/session-event.ts'
import type { Activity } from '#shared/session-view.ts'
import { type Output, paint } from './output.ts'
import { plainLine } from './plain-text.ts'
import { fitEnd } from './width.ts'
import { durationWords } from './words.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const FRAME_MS = 120

/** What goes on right now, in the last line of a terminal; written over itself, gone before anything else is written. */
export class PhaseLine {
  readonly #output: Output
  readonly #now: () => number
  #text = ''
  #since = 0
  #frame = 0
  #timer: NodeJS.Timeout | null = null

  constructor(output: Output, now: () => number) {
    this.#output = output
    this.#now = now
  }

  /** The time counts from when the words last changed. */
  show(text: string): void {
    if (!this.#output.terminal) return
    if (text !== this.#text) this.#since = this.#now()
    this.#text = text
    this.#draw()
    this.#timer ??= setInterval(() => this.#draw(), FRAME_MS).unref()
  }

  clear(): void {
    if (!this.#timer) return
    clearInterval(this.#timer)
    this.#timer = null
    this.#text = ''
    this.#output.write('\r\x1b[K')
  }

  /** One write, the rest of the old line erased behind the new one: nothing flickers. */
  #draw(): void {
    const seconds = this.#now() - this.#since
    const time = seconds >= 1000 ? ` ${durationWords(seconds)}` : ''
    const frame = FRAMES[this.#frame++ % FRAMES.length]
    const line = fitEnd(`${frame} ${this.#text}${time}`, this.#output.width() - 1)
    this.#output.write(`\r${paint(this.#output, 'dim', line)}\x1b[K`)
  }
}

/** Empty = nothing to say: the answer itself, or a question, is seen. */
export function phaseWords({ phase, detail, progress }: Pick<Activity, 'phase' | 'detail' | 'progress'>): string {
  const words: Record<Phase, string> = {
    connecting: 'Waiting for the model',
    'loading-model': 'Loading the model',
    paused: 'Paused',
    queued: detail ? `Queued, ${plainLine(detail)}` : 'Queued',
    'reading-prompt': 'Reading the prompt',
    thinking: 'Thinking',
    writing: detail ? `Preparing ${plainLine(detail)}` : '',
    'running-tool': 'Running a tool',
    'waiting-approval': '',
    retrying: detail ? `Trying again: ${plainLine(detail)}` : 'Trying again',
  }
  const text = words[phase]
  return text && progress !== undefined ? `${text} ${Math.round(progress * 100)}%` : text
}
