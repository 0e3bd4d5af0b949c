import type { ApprovalAnswer, ApprovalRequest } from '#shared/approval.ts'
import type { BudgetStop } from '#shared/budget.ts'
import { FailureError } from '#shared/failure.ts'
import type { SendOptions } from '#shared/send-options.ts'
import type { TurnEnd } from '#shared/session-view.ts'
import type { Session } from '../../engine/engine.ts'
import { approvalQuestion } from '../terminal/approval-lines.ts'
import { budgetQuestion, readBudgetAnswer } from '../terminal/budget-lines.ts'
import type { Output } from '../terminal/output.ts'
import { withInterrupts } from './interrupts.ts'
import type { Reporter } from './reporter.ts'

/** How one run is shown, and who answers its approvals; `questions: null` = nobody. */
export interface Stage {
  reporter: Reporter
  questions: Output | null
}

/** Sends one message and accompanies the turn to its end. Rejects like `Session.send`. */
export async function runTurn(session: Session, text: string, options: SendOptions, stage: Stage): Promise<TurnEnd> {
  const { reporter, questions } = stage
  const over = new AbortController()
  const asked: Promise<void>[] = []
  const unsubscribe = session.subscribe((event) => {
    reporter.take(event, session.view())
    if (event.type === 'approval-request' && questions) {
      asked.push(answerApproval(session, event.request, questions, over.signal))
    }
    if (event.type === 'budget-request' && questions) {
      asked.push(answerBudget(session, event.stop, questions, over.signal))
    }
  })
  let stopping: Promise<void> | undefined
  const stop = () => {
    over.abort()
    if (!stopping) reporter.note('Stopping… (again to end at once)')
    stopping ??= session.stop()
  }
  try {
    return await withInterrupts(stop, () => session.send(text, options))
  } finally {
    over.abort()
    unsubscribe()
    await Promise.all([...asked, stopping])
  }
}

async function answerApproval(
  session: Session,
  request: ApprovalRequest,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  // Only who is asked pays for loading it.
  const { askLine } = await import('../terminal/ask.ts')
  for (;;) {
    const line = await askLine(approvalQuestion(output, request), { signal })
    if (signal.aborted) return
    const answer = line === null ? noAnswer : readAnswer(line)
    if (!answer) continue
    await unlessAnswered(() => session.answer(request.callId, answer))
    return
  }
}

async function answerBudget(session: Session, stop: BudgetStop, output: Output, signal: AbortSignal): Promise<void> {
  const { askLine } = await import('../terminal/ask.ts')
  for (;;) {
    const line = await askLine(budgetQuestion(output), { signal })
    if (signal.aborted) return
    const answer = line === null ? ({ choice: 'stop' } as const) : readBudgetAnswer(line, stop.limit)
    if (!answer) continue
    await unlessAnswered(() => session.answerBudget(answer))
    return
  }
}

/** Who else looks at the session may have been faster. */
async function unlessAnswered(answer: () => Promise<void>): Promise<void> {
  try {
    await answer()
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.code !== 'not-found') throw error
  }
}

const noAnswer: ApprovalAnswer = { decision: 'deny' }

/** `o`, `s`, or `d` with the reason behind it; null = none of them, so it is asked again. */
export function readAnswer(line: string): ApprovalAnswer | null {
  const [, word = '', reason = ''] = /^\s*(\S+)\s*(.*)$/.exec(line) ?? []
  if (/^d(eny)?$/i.test(word)) return { decision: 'deny', ...(reason && { reason: reason.trim().slice(0, 2000) }) }
  if (reason) return null
  if (/^o(nce)?$/i.test(word)) return { decision: 'allow-once' }
  return /^s(ession)?$/i.test(word) ? { decision: 'allow-session' } : null
}
