import { FailureError } from '#shared/failure.ts'
import { leavesRoom, stopNow } from '#shared/limits/stop-now.ts'
import type { PendingApproval, PendingBudget, SessionView } from '#shared/session/session-view.ts'
import type { Session } from '../../engine/engine.ts'
import { APPROVAL_HELP, approvalQuestion, REASON_QUESTION, SLASH_AT_QUESTION } from '../terminal/approval-lines.ts'
import { budgetHelp, budgetQuestion, readBudgetAnswer, tooLow } from '../terminal/budget-lines.ts'
import type { Output } from '../terminal/output.ts'
import { deny, readAnswer } from './answers.ts'

/** A session that somebody can be asked about, wherever it runs. */
type Asking = Pick<Session, 'request'> & { view(): SessionView }

interface Current {
  key: string
  taken: AbortController
  done: Promise<void>
}

/** Puts what a session waits for to the person at the terminal, one question after the other, until `close`. */
export class Questions {
  readonly #session: Asking
  readonly #output: Output
  /** Before a question is written: the last row is free then. */
  readonly #makeRoom: () => void
  readonly #answered = new Set<string>()
  #current: Current | null = null
  #closed = false
  #failed: (error: unknown) => void = (error) => {
    throw error
  }

  constructor(session: Asking, output: Output, makeRoom: () => void) {
    this.#session = session
    this.#output = output
    this.#makeRoom = makeRoom
  }

  /** Hears of an answer that could not be given. */
  failed(listener: (error: unknown) => void): void {
    this.#failed = listener
  }

  /**
   * Asks the session's open question if it is not asked yet, and takes back one that somebody else has answered. To be
   * called after every event.
   */
  update(): void {
    const wanted = this.#closed ? null : this.#wanted()
    if (this.#current && this.#current.key !== wanted?.key) this.#current.taken.abort()
    if (!wanted || this.#current || this.#answered.has(wanted.key)) return
    const taken = new AbortController()
    const done = wanted.ask(taken.signal).then(
      () => this.#next(),
      (error: unknown) => {
        this.#next()
        this.#failed(error)
      },
    )
    this.#current = { key: wanted.key, taken, done }
  }

  #next(): void {
    this.#current = null
    this.update()
  }

  /** Takes back what is asked. */
  close(): void {
    this.#closed = true
    this.#current?.taken.abort()
  }

  /** Resolves when nothing is asked any more; rejects where an answer could not be given. */
  async settled(): Promise<void> {
    while (this.#current) await this.#current.done
  }

  #wanted(): { key: string; ask(signal: AbortSignal): Promise<void> } | null {
    const { approvals, budgetRequest } = this.#session.view()
    const approval = approvals.find((one) => !this.#answered.has(keyOf(one)))
    if (approval) {
      const key = keyOf(approval)
      return { key, ask: (signal) => this.#askApproval(approval.request.callId, key, signal) }
    }
    if (!budgetRequest) return null
    const key = JSON.stringify(budgetRequest.stop)
    return { key, ask: (signal) => this.#askBudget(budgetRequest, key, signal) }
  }

  async #askApproval(callId: string, key: string, signal: AbortSignal): Promise<void> {
    const ask = await this.#asker(signal)
    for (let question = approvalQuestion(this.#output); ; ) {
      const line = await ask(question)
      if (signal.aborted) return
      let read = line === null ? deny('') : readAnswer(line)
      if (read.kind === 'reason') {
        const reason = await ask(REASON_QUESTION)
        if (signal.aborted) return
        read = reason?.trim() ? deny(reason.trim()) : { kind: 'unclear' }
      }
      if (read.kind === 'answer') {
        const { answer } = read
        this.#answered.add(key)
        return unlessAnswered(() => this.#session.request('answer', { callId, answer }))
      }
      question = line?.trim().startsWith('/') ? SLASH_AT_QUESTION : APPROVAL_HELP
    }
  }

  async #askBudget({ stop, since }: PendingBudget, key: string, signal: AbortSignal): Promise<void> {
    const ask = await this.#asker(signal)
    for (let question = budgetQuestion(this.#output); ; ) {
      const line = await ask(question)
      if (signal.aborted) return
      const answer = line === null ? ({ choice: 'stop' } as const) : readBudgetAnswer(line, stop.limit)
      const now = stopNow(stop, since, Date.now())
      if (!answer || (answer.choice === 'raise' && !leavesRoom(now, answer.to))) {
        question = answer ? tooLow(now) : budgetHelp(stop.limit)
        continue
      }
      this.#answered.add(key)
      return unlessAnswered(() => this.#session.request('answerBudget', { answer }))
    }
  }

  /** Only who is asked pays for loading it. */
  async #asker(signal: AbortSignal): Promise<(question: string) => Promise<string | null>> {
    const { askLine } = await import('../keyboard/ask.ts')
    return (question) => {
      if (!signal.aborted) this.#makeRoom()
      return askLine(question, { signal })
    }
  }
}

/** The same call may be asked about again, with something else that it would do now. */
function keyOf({ request, since }: PendingApproval): string {
  return `${request.callId} ${since}`
}

/** Who else looks at the session may have been faster. */
async function unlessAnswered(answer: () => Promise<unknown>): Promise<void> {
  try {
    await answer()
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.code !== 'not-found') throw error
  }
}
