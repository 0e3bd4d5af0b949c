import { FailureError } from '#shared/failure.ts'
import { beginningOf } from '#shared/lib/whole-characters.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ChatMessage } from '#shared/session/message.ts'
import type { Backend, ToolDefinition } from '../backend/contract/backend.ts'
import type { Stopped } from '../budget/budgeted.ts'
import { payFor } from './paid-call.ts'
import { charactersOf, messageCharacters } from './request-size.ts'
import { summaryOfCalls } from './summary-of-calls.ts'
import type { TurnContext } from './turn.ts'

/** From this part of the window on, room is made before the next call. */
const FULL = 0.85
/** The part of the window that the newest messages may keep. */
const KEPT = 0.3
/** The part of the window that a request for a summary may fill where the conversation itself no longer fits. */
const SUMMARISED = 0.8
/** The longest summary. Tokens. */
const SUMMARY_TOKENS = 2000

export interface Target {
  backend: Backend
  profile: Profile
  /** Tokens; null = not known. */
  window: number | null
}

/** Earlier messages were summarised, by the model or by a list of what was done. */
export interface MadeRoom {
  kind: 'made-room'
}

/** `too-long` = the server refused even the request for a summary; an empty text = the model wrote none. */
type Summary = { kind: 'written'; text: string } | { kind: 'too-long' } | Stopped

/** Makes room in a conversation that outgrew its window, as often as a turn needs it. One a turn. */
export class Compactor {
  readonly #turn: TurnContext
  readonly #tools: readonly ToolDefinition[]
  /** Room was made, and no answer came since. */
  #unanswered = false
  /** Room was made, and no count has shown since that it was enough. */
  #unproven = false
  #hopeless = false

  constructor(turn: TurnContext, tools: readonly ToolDefinition[]) {
    this.#turn = turn
    this.#tools = tools
  }

  /** Before a call: only when what is known and estimated of it leaves little room. Never ends the turn by itself. */
  async beforeCall(target: Target, signal: AbortSignal): Promise<void> {
    const { conversation, emit } = this.#turn
    const { window } = target
    const tokens = conversation.promptTokens(this.#tools)
    if (window === null || this.#hopeless || tokens < window * FULL) return
    if (this.#unproven) {
      // Making room did not help: the tools and the newest messages alone fill the window.
      this.#hopeless = true
      emit({ type: 'warning', code: 'not-compacted', message: NOT_COMPACTED })
      return
    }
    const cut = this.#cut(target, tokens)
    if (cut === null) return
    // What does not fit any more would only be refused.
    const part = tokens < window ? 1 : (window * SUMMARISED) / tokens
    // Where a summary may not be paid for, the call is tried as it is.
    await this.#compact(target, cut, part, signal)
  }

  /** The model answered: what was made room for fits, and when it no longer does, room may be made again. */
  answered({ window }: Target): void {
    this.#unanswered = false
    const { used } = this.#turn.conversation.meter
    if (window === null || used === null || used < window * FULL) this.#unproven = false
  }

  /**
   * After the server refused a conversation for its length. Throws that refusal again when no room can be made; `stopped` =
   * the summary may not be paid for any more.
   */
  async afterOverflow(target: Target, refusal: FailureError, signal: AbortSignal): Promise<MadeRoom | Stopped> {
    const { promptTokens } = refusal.failure.details ?? {}
    const tokens = promptTokens ?? this.#turn.conversation.promptTokens(this.#tools)
    const window = target.window ?? tokens
    const cut = this.#unanswered ? null : this.#cut({ ...target, window }, tokens)
    if (cut === null) throw refusal
    return this.#compact(target, cut, (window * SUMMARISED) / Math.max(tokens, window, 1), signal)
  }

  #cut({ window, profile }: Target, tokens: number): number | null {
    const { conversation } = this.#turn
    const characters = charactersOf(conversation.messages(reader(profile)), this.#tools)
    const room = window ?? tokens
    return conversation.cut((characters * KEPT * room) / Math.max(tokens, room, 1))
  }

  /**
   * Summarises so great a part of the conversation as fits; where no summary can be had, a list of what was done has to do.
   * `stopped` = it may not be paid for. Throws `FailureError` for any other failure than one of length.
   */
  async #compact(target: Target, keptFromSeq: number, part: number, signal: AbortSignal): Promise<MadeRoom | Stopped> {
    const { emit } = this.#turn
    // The same beginning and the same tools as always: the server has them in its cache (docs/servers.md G).
    const whole = [...this.#turn.conversation.messages(reader(target.profile)), request]
    const fitting = withoutOldTexts(whole, charactersOf(whole, this.#tools) * (1 - part))
    let summary = await this.#summary(target, fitting, signal)
    if (summary.kind === 'too-long') {
      const shorter = withoutOldTexts(fitting, charactersOf(fitting, []) / 2)
      // The same request would be refused again.
      const isSame = shorter.every((message, index) => message === fitting[index])
      if (!isSame) summary = await this.#summary(target, shorter, signal)
    }
    if (summary.kind === 'stopped') return summary
    const text = summary.kind === 'written' ? summary.text : ''
    if (!text) emit({ type: 'warning', code: 'own-summary', message: OWN_SUMMARY })
    emit({ type: 'compaction', summary: text || summaryOfCalls(whole), keptFromSeq })
    this.#unanswered = true
    this.#unproven = true
    return { kind: 'made-room' }
  }

  async #summary(
    { backend, profile, window }: Target,
    messages: readonly ChatMessage[],
    signal: AbortSignal,
  ): Promise<Summary> {
    const { emit, conversation } = this.#turn
    const tools = this.#tools
    const maxOutputTokens = Math.min(
      ...[profile.maxOutputTokens, SUMMARY_TOKENS, window && Math.ceil(window / 8)].flatMap((most) => most || []),
    )
    let text = ''
    try {
      const paid = await payFor(
        { ...this.#turn, signal },
        {
          backend,
          profile,
          label: 'summary',
          messages,
          tools,
          inputTokens: conversation.meter.tokensOf(charactersOf(messages, tools)),
          maxOutputTokens,
          onStart() {
            emit({ type: 'model-call-start', model: profile.model, purpose: 'summary' })
            emit({ type: 'phase', phase: 'connecting', detail: 'to summarise earlier messages' })
          },
          onEvent(event) {
            if (event.type === 'content_delta') text += event.text
          },
          onEnd: () => undefined,
        },
      )
      if (paid.kind === 'stopped') return paid
    } catch (error) {
      if (!isOverflow(error)) throw error
      return { kind: 'too-long' }
    }
    // Calls in this answer are no calls: nobody asked for work.
    return { kind: 'written', text: text.trim() }
  }
}

export function isOverflow(error: unknown): error is FailureError {
  return error instanceof FailureError && error.failure.code === 'context-overflow'
}

function reader({ id, model }: Profile) {
  return { profileId: id, model }
}

/** Text that is longer is cut to this where even the summary does not fit. Characters. */
const SHORT_TEXT = 200

/** Without a model: the oldest texts go first, until so many characters are gone. */
function withoutOldTexts(messages: readonly ChatMessage[], characters: number): ChatMessage[] {
  let excess = characters
  return messages.map((message) => {
    if (excess <= 0 || message.role === 'system') return message
    const short = shortened(message)
    excess -= messageCharacters(message) - messageCharacters(short)
    return short
  })
}

/** The same message where nothing of it is long. */
function shortened(message: Exclude<ChatMessage, { role: 'system' }>): ChatMessage {
  const content = shortText(message.content)
  if (message.role !== 'assistant') {
    const hasParts = message.parts !== undefined
    // Its images go first: in words they are short.
    return content === message.content && !hasParts ? message : { ...message, content, parts: undefined }
  }
  const isLong = message.toolCalls.some(({ arguments: text }) => text.length > 2 * SHORT_TEXT)
  if (content === message.content && !isLong) return message
  // Half of its arguments would be none.
  const toolCalls = message.toolCalls.map((call) =>
    call.arguments.length > 2 * SHORT_TEXT ? { ...call, arguments: '{}' } : call,
  )
  return { ...message, content, toolCalls }
}

function shortText(text: string): string {
  if (text.length <= 2 * SHORT_TEXT) return text
  return `${beginningOf(text, SHORT_TEXT)}\n(The rest was left out to save room.)`
}

const request: ChatMessage = {
  role: 'user',
  content:
    'The context is nearly full. Do not go on with the task and call no tool. Write a summary of this conversation from which you can go on without it: what was asked for and what was agreed, what is done, which files matter and what you know of them (paths, names, exact values), what failed and why, and the next steps. Be complete and brief.',
}

const OWN_SUMMARY = 'The model gave no summary of the earlier messages; a list of what was done stands in its place.'

const NOT_COMPACTED =
  'The context stays nearly full although earlier messages were summarised. Start a new chat for the next task, or use a model with a larger window.'
