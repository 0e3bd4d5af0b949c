import type { ChatMessage, ToolCall } from '#shared/message.ts'
import type { SessionEntry } from '#shared/session-entry.ts'

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

  apply(entry: SessionEntry): void {
    switch (entry.type) {
      case 'session-start':
        this.#messages.push({ role: 'system', content: entry.systemPrompt })
        return
      case 'turn-start':
        this.#settle()
        this.#messages.push({ role: 'user', content: entry.facts ? `${entry.facts}\n\n${entry.text}` : entry.text })
        return
      case 'model-call-start':
        this.#settle()
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

  /** The messages of the next request. The same array each time: read it, do not keep it. */
  messages(): readonly ChatMessage[] {
    this.#settle()
    return this.#messages
  }

  #endOfAnswer(toolCalls: readonly ToolCall[], reasoningDetails: unknown): void {
    this.#calls = [...toolCalls]
    const content = this.#text
    const reasoning = this.#reasoning
    this.#text = ''
    this.#reasoning = ''
    // An answer without text and calls is none: servers refuse it in the history (backends.md C).
    if (content === '' && toolCalls.length === 0) return
    this.#messages.push({
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
      this.#messages.push({ role: 'tool', callId, name, content: this.#outputs.get(callId) ?? NOT_ANSWERED })
    }
    this.#calls = []
    this.#outputs.clear()
    for (const content of this.#followUps) this.#messages.push({ role: 'user', content })
    this.#followUps = []
  }
}
