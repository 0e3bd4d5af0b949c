import { estimateTokens } from '#shared/lib/estimate-tokens.ts'
import { beginningOf } from '#shared/lib/whole-characters.ts'
import { type Content, contentOf, joinedContent, kept } from '#shared/session/content.ts'
import type { AnsweredCall, ChatMessage, ToolCall } from '#shared/session/message.ts'
import type { SessionEntry } from '#shared/session/session-entry.ts'
import type { ToolDefinition } from '../backend/contract/backend.ts'
import { ContextMeter } from './context-meter.ts'
import { commonId, foreignMessage } from './foreign-message.ts'
import { KnownFiles } from './known-files.ts'
import { charactersOf, messageCharacters } from './request-size.ts'

/** What an answer says of a call that never ran, so that every call in the history has an answer. */
const NOT_ANSWERED = {
  content: 'This call was interrupted and may not have run. Look before you repeat it.',
}

/**
 * The conversation with the model as a fold over the journal. History only grows: what was sent once stays byte for
 * byte the same, so that servers find it in their prefix cache (docs/servers.md G). Only a `compaction` begins it anew.
 */
type ToolMessage = Extract<ChatMessage, { role: 'tool' }>

export class Conversation {
  readonly meter = new ContextMeter()
  readonly files = new KnownFiles()
  readonly #messages: ChatMessage[] = []
  /** Beside each message the entry with which it began; they never go down. */
  readonly #starts: number[] = []
  /** So many messages were there when a server counted last. */
  #counted = 0
  #seq = 0
  #answerSeq = 0
  #facts = ''
  #instructions = ''
  /** The newest message of the person that began a turn. */
  #request = { text: '', seq: 0 }
  #text = ''
  #reasoning = ''
  /** Those that wait for their answers: the id by which the journal names them, and the one that is sent. */
  #calls: { call: AnsweredCall; sentId: string }[] = []
  /** Every id that a request held or holds. */
  readonly #callIds = new Set<string>()
  readonly #outputs = new Map<string, Pick<ToolMessage, 'content' | 'parts'>>()
  /** Said while calls were open; it may only follow their answers. */
  #followUps: { said: Content; seq: number }[] = []
  /** Who wrote the answers, and the calls that the tool messages answer. */
  readonly #authors = new WeakMap<ChatMessage, string>()
  readonly #everyAuthor = new Set<string>()
  #profileId = ''
  #author = ''

  apply(entry: SessionEntry): void {
    this.#seq = entry.seq
    this.meter.apply(entry)
    this.files.apply(entry)
    switch (entry.type) {
      case 'session-start':
        this.#profileId = entry.profile.profileId
        this.#push({ role: 'system', content: entry.systemPrompt }, entry.seq)
        return
      case 'profile':
        this.#profileId = entry.profile.profileId
        return
      case 'turn-start':
        this.#settle()
        this.#facts = entry.facts || this.#facts
        this.#instructions = entry.instructions ?? this.#instructions
        this.#request = { text: entry.text, seq: entry.seq }
        this.#push(userMessage([...filled(entry.facts, entry.instructions), contentOf(entry)]), entry.seq)
        return
      case 'model-call-start':
        if (entry.purpose) return
        this.#settle()
        this.#answerSeq = entry.seq
        this.#author = authorOf(this.#profileId, entry.model)
        return
      case 'text-delta':
        this.#text += entry.text
        return
      case 'reasoning-delta':
        this.#reasoning += entry.text
        return
      case 'model-call-end':
        this.#endOfAnswer(entry.toolCalls, entry.reasoningDetails)
        return
      case 'usage':
        if (entry.usage.source === 'reported' && entry.usage.inputTokens !== null) this.#counted = this.#messages.length
        return
      case 'tool-end':
        this.#outputs.set(entry.callId, { content: entry.output, ...(entry.parts && { parts: entry.parts }) })
        return
      case 'follow-up':
        this.#followUps.push({ said: contentOf(entry), seq: entry.seq })
        return
      case 'compaction':
        this.#settle()
        this.#shorten(entry.summary, entry.keptFromSeq)
        return
      case 'turn-end':
        this.#settle()
    }
  }

  /**
   * The messages of the next request, to the backend named. The same array each time as long as one backend wrote all
   * of it: read it, do not keep it.
   */
  messages(reader?: { profileId: string; model: string }): readonly ChatMessage[] {
    this.#settle()
    const name = reader && authorOf(reader.profileId, reader.model)
    if (!name || this.#everyAuthor.size === 0 || (this.#everyAuthor.size === 1 && this.#everyAuthor.has(name)))
      return this.#messages
    return this.#messages.map((message) => {
      const author = this.#authors.get(message)
      return author === undefined || author === name ? message : foreignMessage(message)
    })
  }

  /** Tokens of the next request: by the last count of a server, and what was added since by the rule of thumb. */
  promptTokens(tools: readonly ToolDefinition[]): number {
    this.#settle()
    const { used } = this.meter
    if (used === null) return estimateTokens(charactersOf(this.#messages, tools))
    return used + estimateTokens(charactersOf(this.#messages.slice(this.#counted), []))
  }

  /**
   * Where the newest messages begin that fit into so many characters, as the entry to keep from; never between a call
   * and its answers. null = too little would go to be worth a summary.
   */
  cut(characters: number): number | null {
    this.#settle()
    let from = this.#messages.length
    let size = 0
    for (let index = from - 1; index > 1; index--) {
      const message = this.#messages[index]
      if (!message) break
      size += messageCharacters(message)
      if (size > characters) break
      if (message.role !== 'tool') from = index
    }
    const isWorthIt = this.#messages.slice(1, from).some(({ role }) => role === 'assistant')
    return isWorthIt ? (this.#starts[from] ?? this.#seq + 1) : null
  }

  /** The summary stands in front of what is kept; the request in work and the facts are never left to it. */
  #shorten(summary: string, keptFromSeq: number): void {
    const first = this.#starts.findIndex(
      (seq, index) => index > 0 && seq >= keptFromSeq && this.#messages[index]?.role !== 'tool',
    )
    const from = first < 0 ? this.#messages.length : first
    const next = this.#messages[from]
    const lines: Content[] = [
      ...filled(this.#facts, this.#instructions),
      `Earlier messages were summarised to save room. The summary:\n\n${summary}`,
      ...(this.#request.seq < keptFromSeq
        ? [`The request that you work on, word for word:\n\n${this.#request.text}`]
        : []),
      // Two messages of the same role in a row are refused by some templates.
      ...(next?.role === 'user' ? [contentOf({ text: next.content, parts: next.parts })] : []),
    ]
    const kept = next?.role === 'user' ? from + 1 : from
    const head = userMessage(lines)
    this.#messages.splice(1, kept - 1, head)
    this.#starts.splice(1, kept - 1, this.#starts[0] ?? 0)
  }

  #endOfAnswer(toolCalls: readonly AnsweredCall[], reasoningDetails: unknown): void {
    this.#answerCalls()
    const content = withEnd(this.#text)
    const reasoning = this.#reasoning
    this.#text = ''
    this.#reasoning = ''
    // An answer without text and calls is none: servers refuse it in the history (docs/servers.md C).
    if (content === '' && toolCalls.length === 0) return
    const sent = toolCalls.map(({ problem: _problem, cut: _cut, ...call }) => this.#withOwnId(call))
    this.#calls = toolCalls.map((call, index) => ({ call, sentId: sent[index]?.callId ?? call.callId }))
    this.#pushWritten({
      role: 'assistant',
      content,
      toolCalls: sent,
      ...(reasoning && { reasoning }),
      ...(reasoningDetails !== undefined && { reasoningDetails }),
    })
  }

  /** Closes what is open: each call's answer in the order of the calls, then text of an answer that was cut. */
  #settle(): void {
    this.#answerCalls()
    if (this.#text || this.#reasoning) this.#endOfAnswer([], undefined)
    for (const { said, seq } of this.#followUps) this.#push(userMessage([said]), seq)
    this.#followUps = []
  }

  #answerCalls(): void {
    for (const { call, sentId } of this.#calls) {
      const { callId, name } = call
      this.#pushWritten({ role: 'tool', callId: sentId, name, ...(this.#outputs.get(callId) ?? NOT_ANSWERED) })
    }
    this.#calls = []
    this.#outputs.clear()
  }

  /** Calls of the newest answer that nothing was heard of yet, in order. */
  openCalls(): readonly AnsweredCall[] {
    return this.#calls.flatMap(({ call }) => (this.#outputs.has(call.callId) ? [] : [call]))
  }

  /** Whether a call of the conversation has this id. */
  hasCall(callId: string): boolean {
    return this.#callIds.has(callId)
  }

  /** Some servers give every call the same id, and others refuse a history in which one stands twice. */
  #withOwnId(call: ToolCall): ToolCall {
    let { callId } = call
    for (let number = 2; this.#callIds.has(callId); number++) callId = commonId(`${call.callId} ${number}`)
    this.#callIds.add(callId)
    return callId === call.callId ? call : { ...call, callId }
  }

  #push(message: ChatMessage, seq: number): void {
    this.#messages.push(message)
    this.#starts.push(seq)
  }

  #pushWritten(message: ChatMessage): void {
    this.#push(message, this.#answerSeq)
    if (!this.#author) return
    this.#authors.set(message, this.#author)
    this.#everyAuthor.add(this.#author)
  }
}

function filled(...texts: (string | undefined)[]): string[] {
  return texts.flatMap((text) => text || [])
}

function userMessage(contents: readonly Content[]): ChatMessage {
  const { text, parts } = kept(joinedContent(contents))
  return { role: 'user', content: text, ...(parts && { parts }) }
}

/** From here on an answer is one that came to no end, which would fill every window; so much of it is enough. Characters. */
const ENDLESS = { from: 400_000, kept: 20_000 }

function withEnd(text: string): string {
  if (text.length <= ENDLESS.from) return text
  return `${beginningOf(text, ENDLESS.kept)}\n(This answer came to no end. The rest of it was left out.)`
}

/** Another model of the same server can read the reasoning of this one no better than another server can. */
function authorOf(profileId: string, model: string): string {
  return `${profileId} ${model}`
}
