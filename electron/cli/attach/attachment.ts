import { FailureError } from '#shared/failure.ts'
import { clawCommand } from '#shared/lib/claw-command.ts'
import { ExitCode as Code, type ExitCode, exitCodeOfEnd, exitCodeOfFailure } from '#shared/session/exit-code.ts'
import type { SessionEvent } from '#shared/session/session-event.ts'
import type { RemoteSession } from '../../engine/engine.ts'
import { type Interruption, withInterrupts } from '../keyboard/interrupts.ts'
import { Questions } from '../run/questions.ts'
import type { Reporter } from '../run/reporter.ts'
import { failureWords } from '../terminal/failure-words.ts'
import type { Output } from '../terminal/output.ts'
import { turnEvents } from './turn-events.ts'

export interface AttachmentOptions {
  session: RemoteSession
  reporter: Reporter
  /** null = nobody sits there: it is only shown. */
  questions: Output | null
}

/** A terminal at a run: shows it, and says what the person says, until it is over or they leave. */
export class Attachment {
  readonly #session: RemoteSession
  readonly #reporter: Reporter
  readonly #person: Output | null
  readonly #questions: Questions | null
  readonly #shows: (event: SessionEvent) => void
  #leave: (exitCode: ExitCode) => void = () => undefined
  #sending: Promise<unknown> = Promise.resolve()
  #stopping = false
  #hasLeft = false

  constructor({ session, reporter, questions }: AttachmentOptions) {
    this.#session = session
    this.#reporter = reporter
    this.#person = questions
    this.#questions = questions && new Questions(session, questions, () => reporter.finishLine())
    this.#shows = (event) => this.#show(event)
  }

  /** Shows the run until it is over, and resolves with the exit code of the run, or 0 when the person left it to itself. */
  async run(): Promise<ExitCode> {
    const ended = new Promise<ExitCode>((resolve) => {
      this.#leave = resolve
    })
    await this.#reporter.prepare()
    const keyboard = this.#person && (await this.#openKeyboard())
    // Above what is shown, so that a question stays the last line.
    if (keyboard) this.#reporter.note('Type to send a message. Ctrl-C stops the run, Ctrl-D leaves it to itself.')
    this.#questions?.failed((error) => this.#explain(error))
    for (const event of turnEvents(this.#session.view())) this.#show(event)
    this.#session.subscribe(this.#shows, () =>
      this.#reporter.note('Some output was skipped: it came faster than it was read.'),
    )
    this.#session.onEnd(() => {
      if (!this.#hasLeft) this.#leave(this.#exitCode())
    })
    try {
      return await withInterrupts(
        (why) => this.#interrupted(why),
        () => ended,
      )
    } finally {
      this.#questions?.close()
      await this.#questions?.settled()
      this.#reporter.typed('')
      this.#reporter.finishLine()
      keyboard?.close()
      // What was typed before Ctrl-D has been said.
      await this.#sending
      this.#session.close()
    }
  }

  #show(event: SessionEvent): void {
    const said =
      event.type === 'turn-start' || (event.type === 'follow-up' && event.origin === 'user') ? event.text : null
    if (said !== null && this.#person) this.#reporter.note(`> ${said}`)
    if (event.type === 'message-queued' && this.#person) this.#reporter.note(`> ${event.text} (read at its next step)`)
    this.#reporter.report(event, this.#session.view())
    if (event.type === 'turn-end' && this.#person)
      for (const { text } of this.#session.view().queued) this.#reporter.note(`Not read: ${text}`)
    this.#questions?.update()
  }

  async #openKeyboard() {
    const { keyboard } = await import('../keyboard/keyboard.ts')
    keyboard.open()
    keyboard.setDraft({
      keep: true,
      onEnter: (text) => {
        const sending = this.#send(text).catch((error: unknown) => this.#explain(error))
        this.#sending = Promise.all([this.#sending, sending])
      },
      onInterrupt: () => this.#interrupted('SIGINT'),
      onEnd: () => this.#detach(),
    })
    keyboard.onDraft((draft) => this.#reporter.typed(draft))
    return keyboard
  }

  async #send(text: string): Promise<void> {
    if (text.trim() !== '') await this.#session.begin(text)
  }

  #explain(error: unknown): void {
    if (!(error instanceof FailureError)) throw error
    this.#reporter.note(failureWords(error.failure))
  }

  #interrupted(why: Interruption): void {
    // A terminal that is closed takes nothing with it.
    if (why !== 'SIGINT') this.#detach()
    else if (this.#stopping) this.#detach()
    else {
      this.#stopping = true
      this.#reporter.note('Stopping the run… (again to leave it)')
      this.#session.request('stop', {}).catch((error: unknown) => this.#explain(error))
    }
  }

  #detach(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    const { runId } = this.#session
    this.#reporter.note(`The run goes on. Look in again with: ${clawCommand(`agent-attach ${runId}`)}`)
    this.#leave(Code.completed)
  }

  #exitCode(): ExitCode {
    const failure = this.#session.connectionFailure()
    if (failure) {
      this.#reporter.refuse(failure)
      return exitCodeOfFailure(failure)
    }
    const end = this.#session.view().turns.at(-1)?.end
    if (end) return exitCodeOfEnd(end)
    this.#reporter.note('The run ended in mid-turn. What it did is in its session.')
    return Code.interrupted
  }
}
