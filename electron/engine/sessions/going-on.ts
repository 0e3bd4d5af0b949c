import type { AnsweredCall } from '#shared/session/message.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { SessionView } from '#shared/session/session-view.ts'
import type { NotRunReason } from '#shared/session/tool-kind.ts'
import { openCalls } from './open-calls.ts'
import type { SessionState } from './session-state.ts'

const HALF_RUN = 'Error: this call was interrupted and may not have run. Look before you repeat it.'
const GO_ON_NOTE = 'Your last answer broke off. Go on from there.'

type Emit = (event: UnstampedEvent) => void

/** Adds a note after an answer that was cut: it is no question, and without one some servers have nothing to answer. */
export function noteCutAnswer({ view, conversation }: SessionState, emit: Emit): void {
  if (isVerified(view)) return
  if (conversation.messages().at(-1)?.role === 'assistant') emit({ type: 'follow-up', text: GO_ON_NOTE, origin: 'app' })
}

/**
 * The calls of a turn that was left, or stopped at a limit, which are asked for again because they waited for an answer.
 * One that was at work is not: it ends here, as interrupted.
 */
export function carryOver(
  { view, conversation }: Pick<SessionState, 'view' | 'conversation'>,
  emit: Emit,
): readonly AnsweredCall[] {
  for (const { callId, state, verify } of openCalls(view)) {
    // A check that waited is none of the model's calls: the turn makes it anew.
    if (state === 'running' || verify) emit(callWithoutRun(callId, 'interrupted', HALF_RUN, 'interrupted'))
  }
  return conversation.openCalls()
}

/** Whether the newest turn came to its checks: its last answer was whole. */
function isVerified({ turns }: SessionView): boolean {
  const last = turns.at(-1)?.items.findLast(({ kind }) => kind !== 'notice')
  return last?.kind === 'tool' && last.verify !== undefined
}

/** The end of a call that did not run, or not to its end. `output` is for the model, `summary` for a person. */
export function callWithoutRun(callId: string, notRun: NotRunReason, output: string, summary: string): UnstampedEvent {
  return { type: 'tool-end', callId, outcome: 'not-run', output, summary, durationMs: 0, notRun }
}
