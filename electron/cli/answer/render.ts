import { counted } from '#shared/lib/counted.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import { approvalLines } from '../terminal/approval-lines.ts'
import { budgetLines } from '../terminal/budget-lines.ts'
import { diffLines } from '../terminal/diff-lines.ts'
import { type Output, paint, type Screen } from '../terminal/output.ts'
import { painted } from '../terminal/painted.ts'
import { PhaseLine, phaseText } from '../terminal/phase-line.ts'
import { LOOKED_AT, plainLine, plainText } from '../terminal/plain-text.ts'
import { fitEnd, fitStart, textWidth } from '../terminal/width.ts'
import { AnswerWriter } from './answer-writer.ts'
import { type Lexer, loadLexer } from './inline.ts'

/** What a row of thoughts begins with. */
const THOUGHT = '┊ '
const DIFF_LINES = 40
const OUTPUT_LINES = 8

type ToolStart = Extract<SessionEvent, { type: 'tool-start' }>
type ToolEnd = Extract<SessionEvent, { type: 'tool-end' }>

/**
 * Events of a session to a terminal. The answer goes to `out`, everything around it to `side`, so that
 * `claw agent … > answer.md` holds the answer. Colours, thoughts and the phase line only where a person looks.
 */
export class TurnRenderer {
  readonly #out: Output
  readonly #side: Output
  readonly #phase: PhaseLine
  readonly #answer: AnswerWriter
  readonly #thoughts: AnswerWriter
  #lexer: Lexer | null = null
  readonly #calls = new Map<string, ToolStart>()
  /** Calls whose change or command was shown with the question. */
  readonly #asked = new Set<string>()
  /** The end of what the model wrote last. */
  #before = ''
  /** What stands in the line that is not finished yet. */
  #open: 'nothing' | 'text' | 'thought' = 'nothing'
  /** What was written last are thoughts. */
  #thinks = false

  constructor({ out, side }: Screen, now: () => number = Date.now) {
    this.#out = out
    this.#side = side
    this.#phase = new PhaseLine(side, now)
    this.#answer = new AnswerWriter(out, this.#phase, () => this.#lexer)
    this.#thoughts = new AnswerWriter(dimmed(side), this.#phase, () => null, THOUGHT)
  }

  /**
   * Loads what it takes to show answers as they are meant, and resolves then; only where a person sees them is anything
   * loaded.
   */
  async prepare(): Promise<void> {
    if (!this.#out.redraws || !this.#out.colour || this.#lexer) return
    this.#lexer = await loadLexer()
  }

  show(event: SessionEvent): void {
    switch (event.type) {
      case 'text-delta':
        this.#text(event.text)
        return
      case 'reasoning-delta':
        this.#thought(event.text)
        return
      case 'phase':
        this.#showPhase(event.phase === 'running-tool' ? this.#runningWords() : phaseText(event))
        return
      case 'tool-start':
        this.#calls.set(event.callId, event)
        return
      case 'tool-end':
        this.#toolEnd(event)
        return
      case 'approval-request':
        this.#asked.add(event.request.callId)
        this.lines(['', ...approvalLines(this.#side, event.request)])
        return
      case 'warning':
        // Said at the end of the turn, with how to go on.
        if (event.code === 'budget') return
        this.lines(painted(this.#side, 'yellow', `! ${plainLine(event.message)}`))
        return
      case 'budget-request':
        this.lines(['', ...budgetLines(this.#side, event.stop)])
        return
      case 'budget-answer':
        if (event.answer.choice === 'room') this.lines(['The limit has room again: it goes on.'])
        return
      case 'turn-end':
        this.#calls.clear()
        this.#asked.clear()
        this.finishLine()
        return
      default:
    }
  }

  /** Whole lines beside the answer. */
  lines(lines: readonly string[]): void {
    this.finishLine()
    if (lines.length > 0) this.#side.write(`${lines.join('\n')}\n`)
    this.#phase.draw()
  }

  /** What a person types meanwhile; it is shown in the last row. */
  typed(text: string): void {
    this.#phase.showTyped(text)
  }

  /** Ends the line that was begun and takes the last row away: whoever writes now begins at the left. */
  finishLine(): void {
    this.#answer.finish()
    this.#thoughts.finish()
    this.#phase.clear()
    if (this.#open === 'text' && !this.#out.redraws) this.#out.write('\n')
    if (this.#open === 'thought' && !this.#side.redraws) this.#side.write('\n')
    this.#open = 'nothing'
    this.#thinks = false
  }

  #text(text: string): void {
    if (this.#thinks) this.finishLine()
    if (this.#out.redraws) {
      this.#open = 'text'
      this.#answer.write(text)
      return
    }
    this.#phase.clear()
    const shown = this.#shown(text)
    if (shown === '') return
    this.#out.write(shown)
    this.#open = shown.endsWith('\n') ? 'nothing' : 'text'
  }

  #thought(text: string): void {
    if (!this.#side.terminal) return
    if (this.#open === 'text') this.finishLine()
    if (!this.#thinks) this.lines([paint(this.#side, 'dim', 'Thinking:')])
    this.#thinks = true
    this.#open = 'thought'
    if (this.#side.redraws) this.#thoughts.write(text)
    else {
      const shown = this.#shown(text)
      this.#side.write(shown)
      if (shown !== '') this.#open = shown.endsWith('\n') ? 'nothing' : 'thought'
    }
  }

  /** Text that comes in pieces is judged by the piece before: emoji and scripts may be split over two. */
  #shown(text: string): string {
    const shown = plainText(text, this.#before)
    this.#before = (this.#before + text).slice(-LOOKED_AT)
    return shown
  }

  #showPhase(words: string): void {
    if (words === '') {
      // What is half written stays in sight.
      this.#phase.show('')
      return
    }
    // Thoughts are their own sign of life.
    if (this.#open === 'thought') return
    if (this.#open === 'text') this.finishLine()
    this.#phase.show(words)
  }

  /** The calls that run, by what they do: says more than the name of a tool. */
  #runningWords(): string {
    const [first = '', ...others] = [...this.#calls.values()].map(({ verb, target }) => plainLine(`${verb} ${target}`))
    return others.length > 0 ? `${first} and ${others.length} more` : first
  }

  #toolEnd(event: ToolEnd): void {
    const call = this.#calls.get(event.callId)
    this.#calls.delete(event.callId)
    const lines = [this.#row(call, event)]
    if (event.diff && !this.#asked.has(event.callId)) lines.push(...diffLines(this.#side, event.diff, DIFF_LINES))
    else if (event.outcome === 'failed' || (event.outcome === 'done' && call?.name === 'bash'))
      lines.push(...this.#outputLines(event.output))
    this.lines(lines)
  }

  #row(call: ToolStart | undefined, { outcome, summary }: ToolEnd): string {
    const side = this.#side
    const mark = {
      done: paint(side, 'green', '✓'),
      failed: paint(side, 'red', '✗'),
      denied: paint(side, 'yellow', '–'),
      'not-run': paint(side, 'yellow', '–'),
    }[outcome]
    const verb = plainLine(call?.verb ?? 'Call')
    const target = plainLine(call?.target ?? '')
    const end = plainLine(summary)
    if (!side.terminal) return [mark, verb, target, end && `(${end})`].filter(Boolean).join(' ')
    const room = Math.max(20, side.width() - 1)
    const endShown = fitEnd(end, Math.floor(room / 2))
    const targetRoom = Math.max(8, room - textWidth(`✓ ${verb}   ${endShown}`))
    const targetShown = call?.name === 'bash' ? fitEnd(target, targetRoom) : fitStart(target, targetRoom)
    return `${mark} ${paint(side, 'bold', verb)} ${targetShown}  ${paint(side, 'dim', endShown)}`.trimEnd()
  }

  /** The end of an output says what became of it. */
  #outputLines(output: string): string[] {
    const text = plainText(output).trimEnd()
    if (text === '') return []
    const lines = text.split('\n')
    const shown = lines.slice(-OUTPUT_LINES)
    const room = this.#side.terminal ? this.#side.width() - 5 : Number.POSITIVE_INFINITY
    const rows = shown.map((line) => `  │ ${fitEnd(line.replace(/\t/g, '  '), room)}`)
    const left = lines.length - shown.length
    return (left > 0 ? [`  │ … ${counted(left, 'line')} before`, ...rows] : rows).map((row) =>
      paint(this.#side, 'dim', row),
    )
  }
}

/** Thoughts are no part of the answer, and look so. */
function dimmed(output: Output): Output {
  return {
    ...output,
    colour: false,
    width: () => output.width(),
    write: (text) => output.write(text.replace(/[^\n]+/g, (row) => paint(output, 'dim', row))),
  }
}
