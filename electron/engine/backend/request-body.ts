import type { ChatMessage, ToolCall } from '#shared/message.ts'
import type { Profile } from '#shared/profile.ts'
import type { ChatRequest, ToolDefinition } from './backend.ts'
import { quirksOf } from './compat.ts'
import { echoedMembers } from './echoed-reasoning.ts'
import { isRecord } from './json-record.ts'

/** Parameters that the server refused, and the name it wants instead where it said one. */
export type Refused = ReadonlyMap<string, string | undefined>

export interface RequestBody {
  text: string
  /** The output limit that it carries. */
  maxTokens: number | undefined
  /** Parameters that may be left out if the server does not know them. */
  optional: ReadonlySet<string>
}

/**
 * The body of a chat request (backends.md C, F). The same conversation gives the same bytes, and what was sent once
 * stays a prefix: what never changes comes first, then the messages, last the limit, which may change from call to call.
 */
export function requestBody(
  request: ChatRequest,
  profile: Pick<Profile, 'kind' | 'model' | 'extraBody'>,
  refused: Refused = new Map(),
): RequestBody {
  const stream = request.stream !== false
  const { responseSchema, temperature, maxOutputTokens } = request
  const parameters: Record<string, unknown> = {
    ...(stream && { stream_options: { include_usage: true }, ...quirksOf(profile.kind).body }),
    ...(temperature !== undefined && { temperature }),
    ...(responseSchema && { response_format: responseFormat(responseSchema) }),
    ...profile.extraBody,
  }
  const limit = profile.extraBody?.max_tokens ?? maxOutputTokens
  delete parameters.max_tokens
  if (!stream) delete parameters.stream_options
  const optional = new Set([...Object.keys(parameters), ...(limit === undefined ? [] : ['max_tokens'])])

  const members = [member('model', profile.model)]
  members.push(member('stream', stream))
  for (const [name, value] of Object.entries(parameters)) {
    if (owned.has(name)) optional.delete(name)
    else if (!refused.has(name)) members.push(member(name, value))
    else optional.delete(name)
  }
  // An empty list is refused by vLLM (backends.md D.2).
  if (request.tools.length > 0) members.push(`"tools":[${request.tools.map(toolJson).join(',')}]`)
  members.push(`"messages":[${request.messages.map(messageJson).join(',')}]`)
  const limitName = refused.has('max_tokens') ? refused.get('max_tokens') : 'max_tokens'
  if (refused.has('max_tokens')) optional.delete('max_tokens')
  if (limit !== undefined && limitName !== undefined) members.push(member(limitName, limit))
  const maxTokens = typeof limit === 'number' && limitName !== undefined ? limit : undefined
  return { text: `{${members.join(',')}}`, maxTokens, optional }
}

/** Never taken from the extra body: the conversation and its form are ours. */
const owned: ReadonlySet<string> = new Set(['model', 'stream', 'messages', 'tools'])

function member(name: string, value: unknown): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`
}

function responseFormat(schema: Record<string, unknown>) {
  return { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } }
}

// A long conversation is sent again with every call: its old messages are written once.
const messageTexts = new WeakMap<ChatMessage, string>()
const toolTexts = new WeakMap<ToolDefinition, string>()

function messageJson(message: ChatMessage): string {
  const known = messageTexts.get(message)
  if (known !== undefined) return known
  const text = JSON.stringify(wireMessage(message))
  messageTexts.set(message, text)
  return text
}

function toolJson(tool: ToolDefinition): string {
  const known = toolTexts.get(tool)
  if (known !== undefined) return known
  const { name, description, parameters } = tool
  const text = JSON.stringify({ type: 'function', function: { name, description, parameters } })
  toolTexts.set(tool, text)
  return text
}

function wireMessage(message: ChatMessage): Record<string, unknown> {
  switch (message.role) {
    case 'system':
    case 'user':
      return { role: message.role, content: message.content }
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.content }
    case 'assistant': {
      const { content, toolCalls, reasoningDetails } = message
      const echoed = echoedMembers(reasoningDetails)
      // null only beside calls: Ollama and LiteLLM refuse it elsewhere, Bedrock refuses "" there (backends.md C, I).
      if (toolCalls.length === 0) return { role: 'assistant', content, ...echoed }
      return {
        role: 'assistant',
        content: content === '' ? null : content,
        tool_calls: toolCalls.map(wireCall),
        ...echoed,
      }
    }
  }
}

function wireCall({ callId, name, arguments: received }: ToolCall) {
  return { id: callId, type: 'function', function: { name, arguments: historyArguments(received) } }
}

/** Every server refuses a history whose arguments do not parse (backends.md I, 3); what does is sent back unchanged. */
function historyArguments(received: string): string {
  try {
    return isRecord(JSON.parse(received)) ? received : '{}'
  } catch {
    // Cut or malformed: its result says so, the call itself is sent empty.
    return '{}'
  }
}
