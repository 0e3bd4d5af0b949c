import { isRecord, parseJson } from '#shared/lib/json.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ChatMessage, ToolCall } from '#shared/session/message.ts'
import type { ChatRequest, ToolDefinition } from '../contract/backend.ts'
import { type LearnedCompat, noCompat } from '../servers/learned-compat.ts'
import { quirksOf } from '../servers/quirks.ts'
import { echoedMembers } from './echoed-reasoning.ts'
import { type Images, noImages, wireContent, withToolImages } from './image-content.ts'
import { inTurns } from './in-turns.ts'
import { wholeJsonText, wireJson, wireName } from './wire-text.ts'

export interface RequestBody {
  text: string
  /** The output limit that it carries. */
  maxTokens: number | undefined
  /** Parameters that may be left out if the server does not know them. */
  optional: ReadonlySet<string>
}

/** What of a profile goes into a request. */
export type RequestProfile = Pick<
  Profile,
  'kind' | 'model' | 'topP' | 'seed' | 'sampling' | 'stop' | 'provider' | 'extraBody'
>

/**
 * The body of a chat request (docs/servers.md C, F). The same conversation gives the same bytes, and what was sent once
 * stays a prefix: what never changes comes first, then the messages, last the limit, which may change from call to call.
 */
export function requestBody(
  request: ChatRequest,
  profile: RequestProfile,
  { refused, wantsReasoning, alternates }: LearnedCompat = noCompat(),
): RequestBody {
  const stream = request.stream !== false
  const quirks = quirksOf(profile.kind)
  const { max_tokens: ownLimit, ...extra } = profile.extraBody ?? {}
  const limit = ownLimit ?? request.maxOutputTokens ?? quirks.outputLimit
  const parameters = Object.entries({
    ...(stream && { stream_options: { include_usage: true }, ...quirks.streamBody }),
    ...quirks.body,
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...samplingOf(profile),
    ...(request.responseSchema && { response_format: responseFormat(request.responseSchema) }),
    ...extra,
  }).filter(([name]) => !owned.has(name) && !refused.has(name) && (stream || name !== 'stream_options'))

  const limitName = refused.has('max_tokens') ? refused.get('max_tokens') : 'max_tokens'
  const limited = limit !== undefined && limitName !== undefined
  const images = request.images ?? noImages
  const whole = withToolImages(request.messages, images)
  const conversation = alternates ? inTurns(whole) : whole
  const messages = conversation.map((message) => messageJson(message, wantsReasoning, images))
  const members = [
    member('model', profile.model),
    member('stream', stream),
    ...parameters.map(([name, value]) => member(name, value)),
    // An empty list is refused by vLLM (docs/servers.md D.2).
    ...(request.tools.length > 0 ? [`"tools":[${request.tools.map(toolJson).join(',')}]`] : []),
    `"messages":[${messages.join(',')}]`,
    ...(limited ? [member(limitName, limit)] : []),
  ]
  return {
    text: `{${members.join(',')}}`,
    maxTokens: limited && typeof limit === 'number' ? limit : undefined,
    optional: new Set([
      ...parameters.map(([name]) => name),
      ...(limited && limitName === 'max_tokens' ? ['max_tokens'] : []),
    ]),
  }
}

/** In an order of its own: the bytes of a request must not depend on the order in which fields were typed. */
function samplingOf({ kind, topP, seed, sampling = {}, stop, provider }: RequestProfile) {
  const byName = Object.entries(sampling).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...Object.fromEntries(byName),
    ...(stop && { stop }),
    ...(kind === 'openrouter' && provider && { provider }),
  }
}

/** Never taken from the extra body: the conversation and its form are ours. */
const owned: ReadonlySet<string> = new Set(['model', 'stream', 'messages', 'tools'])

function member(name: string, value: unknown): string {
  return `${wireJson(name)}:${wireJson(value)}`
}

function responseFormat(schema: Record<string, unknown>) {
  return { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } }
}

// A long conversation is sent again with every call: its old messages are written once.
const messageTexts = new WeakMap<ChatMessage, string>()
const textsWithReasoning = new WeakMap<ChatMessage, string>()
const toolTexts = new WeakMap<ToolDefinition, string>()

function messageJson(message: ChatMessage, wantsReasoning: boolean, images: Images): string {
  // How an image is sent depends on who reads it.
  if ('parts' in message && message.parts) return wireJson(wireMessage(message, wantsReasoning, images))
  const texts = wantsReasoning ? textsWithReasoning : messageTexts
  const known = texts.get(message)
  if (known !== undefined) return known
  const text = wireJson(wireMessage(message, wantsReasoning, images))
  texts.set(message, text)
  return text
}

/** A tool as every server takes it; written once. */
export function toolJson(tool: ToolDefinition): string {
  const known = toolTexts.get(tool)
  if (known !== undefined) return known
  const { name, description, parameters } = tool
  const text = wireJson({ type: 'function', function: { name, description, parameters } })
  toolTexts.set(tool, text)
  return text
}

function wireMessage(message: ChatMessage, wantsReasoning: boolean, images: Images): Record<string, unknown> {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content }
    case 'user':
      return { role: 'user', content: wireContent(message, images) }
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: message.content }
    case 'assistant': {
      const { content, toolCalls, reasoning, reasoningDetails } = message
      const echoed = {
        ...(wantsReasoning && { reasoning_content: reasoning ?? '' }),
        ...echoedMembers(reasoningDetails),
      }
      // null only beside calls: Ollama and LiteLLM refuse it elsewhere, Bedrock refuses "" there (docs/servers.md C, I).
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
  return { id: callId, type: 'function', function: { name: wireName(name), arguments: historyArguments(received) } }
}

/**
 * Every server refuses a history whose arguments do not parse (docs/servers.md I, 3); what does is sent back unchanged, but
 * for halves of characters.
 */
function historyArguments(received: string): string {
  // Cut or malformed: its result says so, the call itself is sent empty.
  return isRecord(parseJson(received)) ? wholeJsonText(received) : '{}'
}
