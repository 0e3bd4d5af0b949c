import { assertNever } from '#shared/lib/assert-never.ts'
import type { BudgetStop } from '#shared/limits/budget.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { AnsweredCall } from '#shared/session/message.ts'
import type { UnstampedEvent } from '#shared/session/session-event.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { Backend, StreamEvent, ToolDefinition } from '../backend/contract/backend.ts'
import { newCallId } from '../backend/tool-calls/new-call-id.ts'
import { allowed, type Budgeted } from '../budget/budgeted.ts'
import { isAbort, payFor } from './paid-call.ts'
import { charactersOf, imagesOfMessages } from './request-size.ts'
import type { TurnContext } from './turn.ts'

export interface ModelAnswer {
  hasText: boolean
  calls: readonly AnsweredCall[]
  /** Tools whose calls stand in the text and may only be quoted there. */
  doubtful: readonly string[]
  /** The output limit cut the answer: the profile's, the server's or one of the run. */
  cut: boolean
  /** The limit of the run that it reached. */
  stop: BudgetStop | null
  usage: Usage
  /** Of what was sent; null = nobody can say, since there are images in it. */
  characters: number | null
}

/**
 * Asks the model once and passes on what comes. Every way out, a failure too, leaves a `model-call-end` and a `usage`
 * in the journal. `stopped` = there was no room to ask. Throws `FailureError`.
 */
export async function callModel(
  turn: TurnContext,
  backend: Backend,
  profile: Profile,
  tools: readonly ToolDefinition[],
): Promise<Budgeted<ModelAnswer>> {
  const { conversation, emit, options } = turn
  const messages = conversation.messages({ profileId: profile.id, model: profile.model })
  const progress = new Progress(turn)
  const paid = await payFor(turn, {
    backend,
    profile,
    label: 'answer',
    messages,
    tools,
    inputTokens: conversation.promptTokens(tools),
    ...options,
    onStart() {
      emit({ type: 'model-call-start', model: profile.model })
      emit({ type: 'phase', phase: 'connecting' })
    },
    onEvent: (event) => progress.show(event),
    onEnd: (cut, error) => emit(progress.end(cut, error)),
  })
  if (paid.kind === 'stopped') return paid
  const { usage, stop, cut: cutByUs } = paid.value
  const { calls, hasText } = progress
  const cut = cutByUs || progress.stop?.finish === 'length'
  if (cut && !stop && calls.length === 0) emit({ type: 'warning', code: 'answer-cut', message: CUT_MESSAGE })
  return allowed({
    hasText,
    calls,
    doubtful: progress.stop?.doubtfulCalls ?? [],
    cut,
    stop,
    usage,
    characters: imagesOfMessages(messages).length > 0 ? null : charactersOf(messages, tools),
  })
}

const CUT_MESSAGE =
  'The answer reached the output limit and was cut. Raise the maximum answer length of the profile, or ask it to go on.'

/** Turns what the backend yields into events of the session, and keeps what the end of the call needs. */
class Progress {
  readonly #turn: TurnContext
  #phase = ''
  hasText = false
  stop: Extract<StreamEvent, { type: 'message_stop' }> | null = null
  calls: readonly AnsweredCall[] = []

  constructor(turn: TurnContext) {
    this.#turn = turn
  }

  show(event: StreamEvent): void {
    const { emit } = this.#turn
    switch (event.type) {
      case 'message_start':
      case 'usage':
        return
      case 'content_delta':
        this.hasText ||= event.text.trim() !== ''
        this.#enter('writing')
        emit({ type: 'text-delta', text: event.text })
        return
      case 'reasoning_delta':
        this.#enter('thinking')
        emit({ type: 'reasoning-delta', text: event.text })
        return
      case 'tool_call_delta':
        this.#enter('writing', event.name)
        return
      case 'warning':
        emit({ type: 'warning', code: event.code, message: event.message })
        return
      case 'phase':
        this.#phase = event.phase
        emit(event)
        return
      case 'message_stop':
        this.stop = event
        this.calls = [...event.toolCalls, ...event.brokenToolCalls].map((call) => this.#withOwnId(call))
        return
      default:
        assertNever(event)
    }
  }

  /** An answer that a limit cut is marked as one of full length; its half call is not among the calls. */
  end(cut: boolean, error: unknown): Extract<UnstampedEvent, { type: 'model-call-end' }> {
    if (error !== undefined)
      return { type: 'model-call-end', finish: isAbort(error) ? 'aborted' : 'error', toolCalls: [] }
    const { stop } = this
    return {
      type: 'model-call-end',
      finish: stop?.finish ?? (cut ? 'length' : 'unknown'),
      toolCalls: this.calls.map(({ callId, name, arguments: text, recovered, problem, cut: cutCall }) => ({
        ...{ callId, name, arguments: text, recovered },
        ...(problem !== undefined && { problem }),
        ...(cutCall && { cut: cutCall }),
      })),
      ...(stop?.reasoningDetails !== undefined && { reasoningDetails: stop.reasoningDetails }),
    }
  }

  /** Some servers give every call the same id; approvals, rows and the history have to tell them apart. */
  #withOwnId(call: AnsweredCall): AnsweredCall {
    return this.#turn.conversation.hasCall(call.callId) ? { ...call, callId: newCallId() } : call
  }

  /** Said once when it begins, not with every delta. */
  #enter(phase: 'thinking' | 'writing', detail?: string): void {
    const name = `${phase} ${detail ?? ''}`
    if (name === this.#phase) return
    this.#phase = name
    this.#turn.emit({ type: 'phase', phase, ...(detail && { detail }) })
  }
}
