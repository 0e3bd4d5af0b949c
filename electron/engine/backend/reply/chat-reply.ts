import { failure } from '#shared/failure.ts'
import { isRecord, type JsonRecord } from '#shared/lib/json.ts'
import { beginningOf } from '#shared/lib/whole-characters.ts'
import type { Usage } from '#shared/spending/usage.ts'
import type { Finish, StreamEvent, ToolDefinition } from '../contract/backend.ts'
import { AttemptError } from '../contract/backend-error.ts'
import type { Server } from '../contract/server.ts'
import { classifyError } from '../errors/classify-error.ts'
import { redact } from '../errors/redact.ts'
import { readErrorValue } from '../errors/server-error.ts'
import { AnswerText } from '../recover/answer-text.ts'
import type { ThinkMemory } from '../recover/think-splitter.ts'
import { EchoedReasoning } from '../request/echoed-reasoning.ts'
import { inParameterOrder } from '../request/member-order.ts'
import { wholeJsonText } from '../request/wire-text.ts'
import { quirksOf } from '../servers/quirks.ts'
import { PartialToolCalls, type SettledCalls } from '../tool-calls/partial-tool-calls.ts'
import { addPiece } from './add-piece.ts'
import { readFinish } from './finish.ts'
import { mergeUsage, readUsage } from './read-usage.ts'
import { WholeText } from './whole-text.ts'

/** What was asked, as far as the reading of the answer depends on it. */
export interface Asked {
  server: Server
  /** The output limit that was sent. */
  maxTokens: number | undefined
  /** The tools that were sent: a call of one of them may come as text. */
  tools: readonly ToolDefinition[]
  thinking: ThinkMemory
  /** Whether a tool has given these words to the model, whatever the white space. */
  wasRead(text: string): boolean
  /** Whether what is read at once is one event. */
  joinPieces: boolean
  /** Whether the tool of that name cannot be called with `{}`. */
  requiresArguments(name: string): boolean
}

/** More output tokens than this in an answer without text and call were swallowed (docs/servers.md I, 1). */
const SWALLOWED_FROM = 5
/** How much of what is no answer is kept, in characters. */
const EXCERPT = 200
/** From so many answers in a row that were reasoning only, the reasoning is the answer. */
const ONLY_REASONED = 2

/**
 * Turns the chunks of one reply into events. Chunks are checked by hand, member by member: this runs once a token.
 * What it throws is an `AttemptError`; events before it stay valid.
 */
export class ChatReply {
  readonly #asked: Asked
  readonly #partialCalls = new PartialToolCalls()
  readonly #answer: AnswerText
  readonly #echo = new EchoedReasoning()
  readonly #warned = new Set<string>()
  readonly #wholeText = new WholeText()
  readonly #wholeReasoning = new WholeText()
  #events: StreamEvent[] = []
  #rawFinish: string | null = null
  #rawUsage: unknown
  #timings: unknown
  #doubtful: readonly string[] = []
  #hasText = false
  #hasReasoning = false
  /** The reasoning before any text. */
  #reasoned = ''
  /** Reasoning came apart from the text. */
  #serverReasons = false
  /** LiteLLM says the cost of a whole reply in a header. */
  costUsd: number | undefined
  /** Something of the answer is out: from here on a retry would repeat it. */
  started = false
  ended = false

  constructor(asked: Asked) {
    this.#asked = asked
    this.#answer = new AnswerText(asked.tools, asked.thinking, (words) => asked.wasRead(words))
  }

  get finishSeen(): boolean {
    return this.#rawFinish !== null
  }

  /** The events since the last time. */
  drain(): StreamEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  /** One chunk of a stream. */
  addChunk(chunk: unknown): void {
    if (!isRecord(chunk)) throw this.protocolError('The answer of the server is not a chat completion')
    if (chunk.error) this.fail(chunk)
    this.#rawUsage = mergeUsage(this.#rawUsage, chunk.usage)
    if (chunk.timings !== undefined) this.#timings = chunk.timings
    if (chunk.prompt_progress !== undefined) this.#progress(chunk.prompt_progress)
    const { choices } = chunk
    if (!Array.isArray(choices)) return
    for (const choice of choices) if (isRecord(choice)) this.#choice(choice, chunk)
  }

  /** Adds a reply that came in one piece: it has the members of a chunk under another name. Throws like `addChunk`. */
  addWhole(value: unknown): void {
    if (!isRecord(value)) throw this.protocolError('The answer of the server is not a chat completion')
    if (value.error) this.fail(value)
    if (!Array.isArray(value.choices)) {
      if (typeof value.message === 'string' || value.detail !== undefined) this.fail(value)
      throw this.protocolError('The answer of the server is not a chat completion')
    }
    this.addChunk({
      ...value,
      choices: value.choices.map((choice) =>
        isRecord(choice) ? { ...choice, delta: choice.message ?? choice.delta } : choice,
      ),
    })
  }

  /** Ends a reply that broke off: what came and what was counted so far is out all the same, because it has to be paid. */
  breakOff(): void {
    if (this.ended || !this.started) return
    this.ended = true
    this.#addText(this.#answer.release())
    this.#endTexts()
    this.#sayUsage(this.#readUsage())
  }

  /** An error in band: it wins over everything (docs/servers.md B.9). */
  fail(value: unknown): never {
    throw classifyError(readErrorValue(value), null, this.#asked.server)
  }

  protocolError(what: string, excerpt = ''): AttemptError {
    const { name, address, key } = this.#asked.server
    const message = `${what}. Is ${address.base} the right base URL of ${name}?`
    const details = { serverMessage: beginningOf(redact(excerpt, key), EXCERPT) }
    return new AttemptError(failure('protocol', message, excerpt ? { details } : {}))
  }

  /**
   * No more will come: after `[DONE]` or a whole reply, or only because the body ended. Whether that is a complete
   * answer is decided here (docs/servers.md B.9); usage that came is out in any case.
   */
  end(said: 'done' | 'nothing'): void {
    this.ended = true
    const rawFinish = this.#rawFinish
    const finish = readFinish(rawFinish)
    const isBroken = rawFinish === null && said === 'nothing'
    if (isBroken) this.#addText(this.#answer.release())
    const calls = isBroken ? null : this.#endCalls(this.#isCut(finish, this.#readUsage()))
    if (calls && finish === 'stop' && calls.complete.length + calls.broken.length === 0) this.#settleReasoning()
    this.#endTexts()
    const usage = this.#readUsage()
    this.#sayUsage(usage)
    if (!calls || (rawFinish === null && !this.#hasText && calls.complete.length === 0)) throw this.#truncated()
    this.#start({})
    const reasoningDetails = this.#echo.value()
    this.#events.push({
      type: 'message_stop',
      finish: this.#settledFinish(finish, calls, usage),
      rawFinish,
      toolCalls: calls.complete,
      brokenToolCalls: calls.broken,
      ...(this.#doubtful.length > 0 && { doubtfulCalls: this.#doubtful }),
      ...(reasoningDetails && { reasoningDetails }),
    })
  }

  /** The calls that the server sent, or else those that it left in the text; the last text is out then. */
  #endCalls(isCut: boolean): SettledCalls {
    const { reasoning, text: rest, calls, doubtful } = this.#answer.end(isCut)
    this.#addReasoning(reasoning)
    this.#addText(rest)
    if (this.#partialCalls.count === 0) {
      this.#doubtful = doubtful
      return this.#withWholeArguments(calls)
    }
    const { server, tools, requiresArguments } = this.#asked
    const settled = this.#withWholeArguments(this.#partialCalls.settle(isCut, requiresArguments))
    if (!quirksOf(server.kind).shufflesArguments) return settled
    return { ...settled, complete: settled.complete.map((call) => inParameterOrder(call, tools)) }
  }

  /** What is shown, asked about, run and sent back is the same: half a character is U+FFFD from here on. */
  #withWholeArguments(calls: SettledCalls): SettledCalls {
    const complete = calls.complete.map((call) => ({ ...call, arguments: wholeJsonText(call.arguments) }))
    const healed = complete.find((call, index) => call.arguments !== calls.complete[index]?.arguments)
    if (healed) {
      const { name } = this.#asked.server
      this.#warn('half-character', `${name} sent half a character in a call of ${healed.name}; \ufffd stands for it.`)
    }
    return { ...calls, complete }
  }

  /**
   * A reasoning parser that does not fit takes the answers of a model that does not think for reasoning (seen on vLLM).
   * Once is an accident of the model, twice in a row is the server: from then on the reasoning is the answer.
   */
  #settleReasoning(): void {
    const { thinking, server } = this.#asked
    if (!this.#serverReasons || this.#hasText) {
      thinking.onlyReasoned = 0
      return
    }
    const times = (thinking.onlyReasoned ?? 0) + 1
    thinking.onlyReasoned = times
    if (times < ONLY_REASONED) return
    if (times === ONLY_REASONED) {
      this.#warn(
        'answer-in-reasoning',
        `${server.name} sent two answers in a row as reasoning only; what it sends is taken for the answer from now on. If the model does not think, start the server without a reasoning parser.`,
      )
    }
    this.#addText(this.#reasoned.trim())
  }

  #choice(choice: JsonRecord, chunk: JsonRecord): void {
    if (choice.index !== 0 && typeof choice.index === 'number') {
      this.#warn('extra-choice', `${this.#asked.server.name} sent more than one answer; only the first is used.`)
      return
    }
    if (choice.error) this.fail(choice)
    // Moonshot reports usage inside the choice.
    this.#rawUsage = mergeUsage(this.#rawUsage, choice.usage)
    const { delta, finish_reason: finish } = choice
    if (isRecord(delta)) this.#delta(delta, chunk)
    if (typeof finish === 'string' && finish !== '') {
      this.#start(chunk)
      this.#rawFinish ??= finish
    }
  }

  #delta(delta: JsonRecord, chunk: JsonRecord): void {
    const { content } = delta
    // Reasoning comes under two names, or under both at once: one is taken, never both (docs/servers.md B.1).
    let reasoning = text(delta.reasoning) || text(delta.reasoning_content)
    if (delta.reasoning_details !== undefined || delta.thinking_blocks !== undefined) {
      const details = this.#echo.collect(delta)
      reasoning ||= details
    }
    this.#serverReason(reasoning, chunk)
    if (typeof content === 'string') {
      if (content !== '') this.#text(content, chunk)
    } else if (Array.isArray(content)) this.#parts(content, chunk)
    if (typeof delta.refusal === 'string' && delta.refusal !== '') this.#text(delta.refusal, chunk)
    if (Array.isArray(delta.tool_calls)) for (const entry of delta.tool_calls) this.#call(entry, chunk)
    if (isRecord(delta.function_call)) this.#call({ index: 0, function: delta.function_call }, chunk)
  }

  /** Reasoning that the server itself told from the text. */
  #serverReason(reasoning: string, chunk: JsonRecord): void {
    if (reasoning === '') return
    this.#start(chunk)
    if (!this.#serverReasons) this.#addText(this.#answer.serverReasons())
    this.#serverReasons = true
    this.#addReasoning(reasoning)
  }

  #text(content: string, chunk: JsonRecord): void {
    if (!this.started) this.#start(chunk)
    const shown = this.#answer.add(content)
    this.#addReasoning(this.#answer.reasoning)
    this.#addText(shown)
    // Nothing to show yet, but the model is at work on a call.
    if (this.#answer.holdsCall) {
      this.#events.push({ type: 'tool_call_delta', index: 0, callId: '', name: '', arguments: content })
    }
  }

  #addText(received: string): void {
    const content = this.#wholeText.wholePartOf(received)
    if (content === '') return
    if (!this.#hasText && content.trim() !== '') this.#hasText = true
    addPiece(this.#events, 'content_delta', content, this.#asked.joinPieces)
  }

  #addReasoning(received: string): void {
    const reasoning = this.#wholeReasoning.wholePartOf(received)
    if (reasoning === '') return
    this.#hasReasoning = true
    if (!this.#hasText) this.#reasoned += reasoning
    addPiece(this.#events, 'reasoning_delta', reasoning, this.#asked.joinPieces)
  }

  /** Halves of characters whose other half never came. */
  #endTexts(): void {
    this.#addReasoning(this.#wholeReasoning.end())
    this.#addText(this.#wholeText.end())
  }

  /** Content as a list of parts, as some servers send it; Mistral's models put their thoughts there as well. */
  #parts(parts: readonly unknown[], chunk: JsonRecord): void {
    for (const part of parts.filter(isRecord)) {
      if (part.type === 'thinking') this.#serverReason(partText(part.thinking), chunk)
      else if (text(part.text) !== '') this.#text(text(part.text), chunk)
    }
  }

  #call(entry: unknown, chunk: JsonRecord): void {
    const fragment = this.#partialCalls.addFragment(entry)
    if (!fragment) return
    this.#start(chunk)
    this.#addText(this.#answer.serverCalls())
    const { position, callId, name } = fragment.call
    this.#events.push({ type: 'tool_call_delta', index: position, callId, name, arguments: fragment.arguments })
  }

  #start(chunk: JsonRecord): void {
    if (this.started) return
    this.started = true
    this.#events.push({
      type: 'message_start',
      id: text(chunk.id),
      model: text(chunk.model) || this.#asked.server.model,
    })
  }

  #progress(value: unknown): void {
    if (!isRecord(value) || typeof value.total !== 'number' || typeof value.processed !== 'number') return
    if (this.started || value.total <= 0) return
    this.#events.push({ type: 'phase', phase: 'reading-prompt', progress: Math.min(1, value.processed / value.total) })
  }

  #readUsage(): Usage | null {
    const answered = this.#hasText || this.#hasReasoning || this.#partialCalls.count > 0
    const more = { timings: this.#timings, costUsd: this.costUsd, answered }
    const { usage, odd } = readUsage(this.#rawUsage, more)
    if (odd) {
      const message = `${this.#asked.server.name} reported a token count or a cost that is no number; it is left out.`
      this.#warn('odd-usage', message)
    }
    return usage
  }

  #sayUsage(usage: Usage | null): void {
    if (usage) this.#events.push({ type: 'usage', usage })
  }

  /** Servers hide that they cut a call; the count gives it away (docs/servers.md B.1). */
  #isCut(finish: Finish, usage: Usage | null): boolean {
    if (finish === 'length' || finish === 'error' || finish === 'content_filter') return true
    const { maxTokens } = this.#asked
    return maxTokens !== undefined && usage !== null && (usage.outputTokens ?? 0) >= maxTokens
  }

  #settledFinish(finish: Finish, calls: SettledCalls, usage: Usage | null): Finish {
    const { name } = this.#asked.server
    const normal = finish === 'stop' || finish === 'unknown' || finish === 'tool_calls'
    if (calls.broken.length > 0 && calls.cut) {
      this.#warn('truncated-tool-call', `${name} cut the answer in the middle of a tool call; the call was not run.`)
      return normal ? 'length' : finish
    }
    if (calls.broken.length > 0) {
      const names = calls.broken.map((call) => call.name || 'a nameless tool').join(', ')
      this.#warn('malformed-tool-call', `The call of ${names} that came from ${name} is malformed and was not run.`)
    }
    if (calls.complete.length + calls.broken.length > 0) {
      if (finish === 'unknown') this.#warn('no-finish', `${name} did not say why its answer ended.`)
      return normal ? 'tool_calls' : finish
    }
    const tokens = usage?.outputTokens ?? 0
    if (!this.#hasText && !this.#hasReasoning && tokens >= SWALLOWED_FROM) {
      this.#warn(
        'swallowed-answer',
        `${name} generated ${tokens} tokens and delivered none of them: its tool-call parser swallowed the answer.`,
      )
      return finish === 'length' ? 'length' : 'unknown'
    }
    if (finish === 'tool_calls') {
      this.#warn('finish-without-call', `${name} announced a tool call and sent none.`)
      return 'stop'
    }
    if (finish === 'unknown') this.#warn('no-finish', `${name} did not say why its answer ended.`)
    return finish
  }

  #truncated(): AttemptError {
    const { name } = this.#asked.server
    const message = this.started
      ? `The connection to ${name} ended before its answer was complete. Try again; if it happens often, look at the log of the server.`
      : `${name} closed the connection without an answer. Try again; if it stays, look at the log of the server.`
    return new AttemptError(failure('stream-truncated', message, { retryable: true }))
  }

  /** Once a reply. */
  #warn(code: string, message: string): void {
    if (this.#warned.has(code)) return
    this.#warned.add(code)
    this.#events.push({ type: 'warning', code, message })
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Text, or the text of a list of parts. */
function partText(value: unknown): string {
  return Array.isArray(value) ? value.map((part) => (isRecord(part) ? text(part.text) : '')).join('') : text(value)
}
