import type { ChatMessage, ToolCall } from '#shared/message.ts'
import type { SessionEntry } from '#shared/session-entry.ts'
import { foreignMessage } from './foreign-message.ts'

/** What an answer says of a call that never ran, so that every call in the history has an answer. */
const NOT_ANSWERED = 'This call was interrupted and may not have run. Look before you repeat it.'

/**
 * The conversation with the model as a fold over the journal. History only grows: what was sent once stays byte for
 * byte the same, so that servers find it in their prefix cache (backends.md G).
 */
export class Conversation {
  readonly #messages: ChatMessage[] = []
  #text = ''
  #reasoning = ''
  #calls: ToolCall[] = []
  readonly #outputs = new Map<string, string>()
  /** Said while calls were open; it may only follow their answers. */
  #followUps: string[] = []
  /** Who wrote the answers, and the calls that the tool messages answer. */
  readonly #authors = new WeakMap<ChatMessage, string>()
  readonly #everyAuthor = new Set<string>()
  #profileId = ''
  #author = ''

  apply(entry: SessionEntry): void {
    switch (entry.type) {
      case 'session-start':
        this.#profileId = entry.profile.profileId
        this.#messages.push({ role: 'system', content: entry.systemPrompt })
        return
      case 'profile':
        this.#profileId = entry.profile.profileId
        return
      case 'turn-start':
        this.#settle()
        this.#messages.push({ role: 'user', content: entry.facts ? `${entry.facts}\n\n${entry.text}` : entry.text })
        return
      case 'model-call-start':
        this.#settle()
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
      case 'tool-end':
        this.#outputs.set(entry.callId, entry.output)
        return
      case 'follow-up':
        this.#followUps.push(entry.text)
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

  #endOfAnswer(toolCalls: readonly ToolCall[], reasoningDetails: unknown): void {
    this.#calls = [...toolCalls]
    const content = this.#text
    const reasoning = this.#reasoning
    this.#text = ''
    this.#reasoning = ''
    // An answer without text and calls is none: servers refuse it in the history (backends.md C).
    if (content === '' && toolCalls.length === 0) return
    this.#pushWritten({
      role: 'assistant',
      content,
      toolCalls,
      ...(reasoning && { reasoning }),
      ...(reasoningDetails !== undefined && { reasoningDetails }),
    })
  }

  /** Closes what is open: text of an answer that was cut, then each call's answer in the order of the calls. */
  #settle(): void {
    if (this.#text || this.#reasoning) this.#endOfAnswer([], undefined)
    for (const { callId, name } of this.#calls) {
      this.#pushWritten({ role: 'tool', callId, name, content: this.#outputs.get(callId) ?? NOT_ANSWERED })
    }
    this.#calls = []
    this.#outputs.clear()
    for (const content of this.#followUps) this.#messages.push({ role: 'user', content })
    this.#followUps = []
  }

  #pushWritten(message: ChatMessage): void {
    this.#messages.push(message)
    if (!this.#author) return
    this.#authors.set(message, this.#author)
    this.#everyAuthor.add(this.#author)
  }
}

/** Another model of the same server can read the reasoning of this one no better than another server can. */
function authorOf(profileId: string, model: string): string {
  return `${profileId} ${model}`
}
