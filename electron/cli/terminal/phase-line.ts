import type { Phase } from '#shared/session/session-event.ts'
import type { Activity } from '#shared/session/session-view.ts'
import { isRowHeld } from './held-row.ts'
import { type Output, paint } from './output.ts'
import { plainLine } from './plain-text.ts'
import { fitEnd, fitStart } from './width.ts'
import { durationWords } from './words.ts'

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const FRAME_MS = 120

/**
 * The last row of a terminal: what is typed meanwhile, else the line that is being written, else what goes on. Written over
 * itself, gone before anything else is written.
 */
export class PhaseLine {
  readonly #output: Output
  readonly #now: () => number
  #phase = ''
  #tail = ''
  #typed = ''
  #since = 0
  #frame = 0
  #timer: NodeJS.Timeout | null = null
  #drawn = false

  constructor(output: Output, now: () => number) {
    this.#output = output
    this.#now = now
  }

  /** The time counts from when the words last changed. */
  show(text: string): void {
    if (text !== this.#phase) this.#since = this.#now()
    this.#phase = text
    this.draw()
  }

  /** The end of a line that is not whole yet, so that an answer is seen as it comes: it says more than a phase. */
  showTail(text: string): void {
    this.#phase = ''
    this.#tail = text
    this.draw()
  }

  /** What is typed while nothing is asked. */
  showTyped(text: string): void {
    this.#typed = text
    this.draw()
  }

  /** The row is free; what is typed comes back with the next `draw`. */
  clear(): void {
    this.#phase = ''
    this.#tail = ''
    this.erase()
  }

  erase(): void {
    this.#stopTimer()
    if (!this.#drawn) return
    this.#drawn = false
    this.#output.write('\r\x1b[K')
  }

  /** One write, the rest of the old line erased behind the new one: nothing flickers. */
  draw(): void {
    if (!this.#output.redraws || isRowHeld()) return
    const room = this.#output.width() - 1
    if (this.#typed !== '' || this.#tail !== '') this.#stopTimer()
    if (this.#typed !== '') this.#write(fitStart(`> ${plainLine(this.#typed)}`, room))
    else if (this.#tail !== '') this.#write(fitStart(this.#tail, room))
    else if (this.#phase !== '') {
      const seconds = this.#now() - this.#since
      const time = seconds >= 1000 ? ` ${durationWords(seconds)}` : ''
      const frame = FRAMES[this.#frame++ % FRAMES.length]
      this.#write(paint(this.#output, 'dim', fitEnd(`${frame} ${this.#phase}${time}`, room)))
      this.#timer ??= setInterval(() => this.draw(), FRAME_MS).unref()
    } else this.erase()
  }

  #stopTimer(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
  }

  #write(line: string): void {
    this.#drawn = true
    this.#output.write(`\r${line}\x1b[K`)
  }
}

/** A phase in words; empty = nothing to say, because the answer itself, or a question, is seen. */
export function phaseText({ phase, detail, progress }: Pick<Activity, 'phase' | 'detail' | 'progress'>): string {
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
