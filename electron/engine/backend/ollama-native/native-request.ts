import { isRecord, parseJson } from '#shared/lib/json.ts'
import type { Profile } from '#shared/profile/profile.ts'
import type { ChatMessage, ToolCall } from '#shared/session/message.ts'
import type { ChatRequest } from '../contract/backend.ts'
import { type Images, imageData, noImages, withToolImages } from '../request/image-content.ts'
import { type RequestBody, type RequestProfile, toolJson } from '../request/request-body.ts'
import { wireJson, wireName } from '../request/wire-text.ts'
import { type LearnedCompat, noCompat } from '../servers/learned-compat.ts'

/**
 * Whether a profile is asked by Ollama's own route: only that one takes a context window, so only a profile that has one
 * needs it.
 */
export function speaksNative({ kind, contextWindow }: Pick<Profile, 'kind' | 'contextWindow'>): boolean {
  return kind === 'ollama' && contextWindow !== undefined
}

/** The names of sampling fields that Ollama spells in its own way. */
const optionNames: Readonly<Record<string, string>> = { repetition_penalty: 'repeat_penalty' }

/**
 * The body of a request to Ollama's `/api/chat` (docs/servers.md B.3, F). The window is always sent: a model that is loaded
 * with another one is loaded again. The same conversation gives the same bytes.
 */
export function nativeBody(
  request: ChatRequest,
  profile: RequestProfile & Pick<Profile, 'contextWindow'>,
  { refused }: LearnedCompat = noCompat(),
): RequestBody {
  const {
    max_tokens: ownLimit,
    reasoning_effort: effort,
    think,
    options: ownOptions,
    ...rest
  } = profile.extraBody ?? {}
  const limit = ownLimit ?? request.maxOutputTokens
  const thinks = refused.has('reasoning_effort') || refused.has('think') ? undefined : (think ?? thinkOf(effort))
  const options = {
    ...(isRecord(ownOptions) && ownOptions),
    num_ctx: profile.contextWindow,
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(profile.topP !== undefined && { top_p: profile.topP }),
    ...(profile.seed !== undefined && { seed: profile.seed }),
    ...samplingOf(profile),
    ...(profile.stop && { stop: profile.stop }),
    ...(limit !== undefined && { num_predict: limit }),
  }
  const extra = Object.entries(rest).filter(([name]) => !owned.has(name) && !refused.has(name))
  const images = request.images ?? noImages
  const members = [
    member('model', profile.model),
    member('stream', request.stream !== false),
    // Without these it drops the start of what does not fit, and goes on for ever, without a word (docs/servers.md F).
    ...(['truncate', 'shift'] as const).filter((name) => !(name in rest)).map((name) => member(name, false)),
    ...extra.map(([name, value]) => member(name, value)),
    ...(thinks === undefined ? [] : [member('think', thinks)]),
    ...(request.responseSchema ? [member('format', request.responseSchema)] : []),
    member('options', options),
    ...(request.tools.length > 0 ? [`"tools":[${request.tools.map(toolJson).join(',')}]`] : []),
    `"messages":[${withToolImages(request.messages, images)
      .map((message) => messageJson(message, images))
      .join(',')}]`,
  ]
  return {
    text: `{${members.join(',')}}`,
    maxTokens: typeof limit === 'number' ? limit : undefined,
    // A model that cannot think refuses to be asked for it, in the words that `/v1` uses for `reasoning_effort`.
    optional: new Set([...extra.map(([name]) => name), ...(thinks === undefined ? [] : ['reasoning_effort', 'think'])]),
  }
}

/** Never taken from the extra body: the conversation and its form are ours. */
const owned: ReadonlySet<string> = new Set(['model', 'stream', 'messages', 'tools', 'format'])

function thinkOf(effort: unknown): unknown {
  return effort === 'none' ? false : effort
}

function samplingOf({ sampling = {} }: RequestProfile) {
  const byName = Object.entries(sampling).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(byName.map(([name, value]) => [optionNames[name] ?? name, value]))
}

function member(name: string, value: unknown): string {
  return `${wireJson(name)}:${wireJson(value)}`
}

// A long conversation is sent again with every call: its old messages are written once.
const texts = new WeakMap<ChatMessage, string>()

function messageJson(message: ChatMessage, images: Images): string {
  if ('parts' in message && message.parts) return wireJson(wireMessage(message, images))
  const known = texts.get(message)
  if (known !== undefined) return known
  const text = wireJson(wireMessage(message, images))
  texts.set(message, text)
  return text
}

function wireMessage(message: ChatMessage, images: Images) {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content }
    case 'user': {
      const data = imageData(message, images)
      return { role: 'user', content: message.content, ...(data.length > 0 && { images: data }) }
    }
    case 'tool':
      return { role: 'tool', content: message.content, tool_name: wireName(message.name), tool_call_id: message.callId }
    case 'assistant': {
      const { content, reasoning, toolCalls } = message
      return {
        role: 'assistant',
        content,
        // Templates that have no use for it leave it out.
        ...(reasoning && { thinking: reasoning }),
        ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(wireCall) }),
      }
    }
  }
}

function wireCall({ callId, name, arguments: received }: ToolCall, index: number) {
  return { id: callId, function: { index, name: wireName(name), arguments: argumentsObject(received) } }
}

function argumentsObject(received: string): unknown {
  const value = parseJson(received)
  // Cut or malformed: its result says so, the call itself is sent empty.
  return isRecord(value) ? value : {}
}
