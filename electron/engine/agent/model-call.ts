import { assertNever } from '#shared/assert-never.ts'
import { FailureError } from '#shared/failure.ts'
import type { ToolCall } from '#shared/message.ts'
import type { Profile } from '#shared/profile.ts'
import type { Usage } from '#shared/usage.ts'
import type { Backend, StreamEvent, ToolDefinition } from '../backend/backend.ts'
import { withCost } from '../budget/price.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { charactersOf } from './request-size.ts'
import { takeSlot } from './slot.ts'
import type { TurnContext } from './turn.ts'

/** A call of the answer; `problem` = it must not run, and why. */
export type AnsweredCall = ToolCall & { problem?: string }

export interface ModelAnswer {
  hasText: boolean
  calls: readonly AnsweredCall[]
  /** The output limit cut the answer. */
  cut: boolean
  /** Cut at what the run may still spend: by the server, or by us where the server ignores `max_tokens`. */
  overBudget: boolean
  usage: Usage
  /** Of what was sent. */
  characters: number
}

/**
 * Asks the model once and passes on what comes. Every way out, a failure too, leaves a `model-call-end` and a `usage`
 * in the journal. Throws `FailureError`.
 */
export async function callModel(
  turn: TurnContext,
  backend: Backend,
  profile: Profile,
  tools: readonly ToolDefinition[],
): Promise<ModelAnswer> {
  const messages = turn.conversation.messages({ profileId: profile.id, model: profile.model })
  const release = await takeSlot(turn, backend, profile)
  turn.emit({ type: 'model-call-start', model: profile.model })
  turn.emit({ type: 'phase', phase: 'connecting' })
  const progress = new Progress(turn)
  const room = turn.budget.outputRoom()
  let overBudget = false
  try {
    const request = {
      messages,
      tools,
      ...maximum(profile, room),
      ...(profile.temperature !== undefined && { temperature: profile.temperature }),
      ...(turn.options.responseSchema && { responseSchema: turn.options.responseSchema }),
      ...(turn.options.stream !== undefined && { stream: turn.options.stream }),
    }
    for await (const event of backend.chat(request, turn.signal)) {
      progress.take(event)
      overBudget = room !== undefined && progress.tokensAtLeast > room && !progress.stop
      // Leaving the loop closes the connection, and with it ends what the server generates.
      if (overBudget) break
    }
  } catch (error) {
    const aborted = error instanceof FailureError && error.failure.code === 'aborted'
    turn.emit({ type: 'model-call-end', finish: aborted ? 'aborted' : 'error', toolCalls: [] })
    // What was sent and received has been paid for, whether or not the answer was whole.
    if (progress.received) await spent(turn, 'answer', profile, progress.usage(profile, messages))
    throw error
  } finally {
    release()
  }
  const { stop } = progress
  const calls: AnsweredCall[] = [...(stop?.toolCalls ?? []), ...(stop?.brokenToolCalls ?? [])]
  turn.emit({
    type: 'model-call-end',
    finish: stop?.finish ?? (overBudget ? 'length' : 'unknown'),
    toolCalls: calls.map(({ callId, name, arguments: text, recovered }) => ({
      callId,
      name,
      arguments: text,
      recovered,
    })),
    ...(stop?.reasoningDetails !== undefined && { reasoningDetails: stop.reasoningDetails }),
  })
  const usage = progress.usage(profile, messages)
  await spent(turn, 'answer', profile, usage)
  const cut = stop?.finish === 'length'
  // A server cuts at its window as well: only an answer that used up the room was cut by the run's own limit.
  overBudget ||= cut && room !== undefined && (usage.outputTokens ?? 0) >= room
  if (cut && !overBudget && calls.length === 0) turn.emit({ type: 'warning', code: 'answer-cut', message: CUT_MESSAGE })
  return { hasText: progress.hasText, calls, cut, overBudget, usage, characters: charactersOf(messages, tools) }
}

/** Journal and ledger hold the same numbers. */
export async function spent(
  turn: TurnContext,
  label: 'answer' | 'summary',
  profile: Profile,
  usage: Usage,
): Promise<void> {
  turn.emit({ type: 'usage', usage })
  await turn.spend(label, profile, usage)
}

const CUT_MESSAGE =
  'The answer reached the output limit and was cut. Raise the maximum answer length of the profile, or ask it to go on.'

/** Turns what the backend yields into events of the session, and keeps what the end of the call needs. */
class Progress {
  readonly #turn: TurnContext
  #phase = ''
  #reported: Usage | null = null
  #outputCharacters = 0
  #deltas = 0
  hasText = false
  received = false
  stop: Extract<StreamEvent, { type: 'message_stop' }> | null = null

  constructor(turn: TurnContext) {
    this.#turn = turn
  }

  /**
   * A count that the true one never falls below: no server sends more than one delta for a token, and hardly a token
   * has more than eight characters. An estimate would cut answers that are within their limit.
   */
  get tokensAtLeast(): number {
    return Math.max(this.#deltas, Math.floor(this.#outputCharacters / 8))
  }

  take(event: StreamEvent): void {
    const { emit } = this.#turn
    if (event.type.endsWith('_delta')) this.#deltas++
    switch (event.type) {
      case 'message_start':
        this.received = true
        return
      case 'content_delta':
        this.#outputCharacters += event.text.length
        this.hasText ||= event.text.trim() !== ''
        this.#enter('writing')
        emit({ type: 'text-delta', text: event.text })
        return
      case 'reasoning_delta':
        this.#outputCharacters += event.text.length
        this.#enter('thinking')
        emit({ type: 'reasoning-delta', text: event.text })
        return
      case 'tool_call_delta':
        this.#outputCharacters += event.arguments.length
        this.#enter('writing', event.name)
        return
      case 'usage':
        this.#reported = event.usage
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
        return
      default:
        assertNever(event)
    }
  }

  usage(profile: Profile, messages: readonly { content: string }[]): Usage {
    return withCost(this.#reported ?? this.#estimate(messages), profile)
  }

  #estimate(messages: readonly { content: string }[]): Usage {
    return {
      inputTokens: messages.reduce((sum, { content }) => sum + estimateTokens(content.length), 0),
      outputTokens: Math.max(this.tokensAtLeast, estimateTokens(this.#outputCharacters)),
      cachedInputTokens: null,
      reasoningTokens: null,
      costMicroUsd: null,
      source: 'estimated',
    }
  }

  /** Said once when it begins, not with every delta. */
  #enter(phase: 'thinking' | 'writing', detail?: string): void {
    const name = `${phase} ${detail ?? ''}`
    if (name === this.#phase) return
    this.#phase = name
    this.#turn.emit({ type: 'phase', phase, ...(detail && { detail }) })
  }
}

function maximum(profile: Profile, room: number | undefined): { maxOutputTokens?: number } {
  const values = [profile.maxOutputTokens, room].filter((value) => value !== undefined)
  return values.length > 0 ? { maxOutputTokens: Math.min(...values) } : {}
}
