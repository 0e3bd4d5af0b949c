import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hasHalfCharacter } from '#shared/lib/whole-characters.ts'
import type { ChatMessage } from '#shared/session/message.ts'
import { tool } from '../../../../test-support/test-profile.ts'
import type { ChatRequest } from '../contract/backend.ts'
import { nativeBody } from '../ollama-native/native-request.ts'
import { type RequestProfile, requestBody } from './request-body.ts'

const profile = { kind: 'custom' as const, model: 'm' }
const call = (args: string) => ({ callId: 'c1', name: 'f', arguments: args, recovered: false })

function sent(request: Partial<ChatRequest>, more: Parameters<typeof requestBody>[1] = profile) {
  return JSON.parse(requestBody({ messages: [], tools: [], ...request }, more).text)
}

it('holds only what was asked for', () => {
  expect(sent({})).toEqual({ model: 'm', stream: true, stream_options: { include_usage: true }, messages: [] })
  expect(
    sent({
      tools: [tool('f')],
      stream: false,
      temperature: 0,
      maxOutputTokens: 100,
      responseSchema: { type: 'object' },
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  ).toEqual({
    model: 'm',
    stream: false,
    temperature: 0,
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' }, strict: true } },
    tools: [{ type: 'function', function: tool('f') }],
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 100,
  })
})

it('98 writes the history as every server takes it', () => {
  const messages: ChatMessage[] = [
    { role: 'assistant', content: '', toolCalls: [call('{"a":1}')] },
    { role: 'tool', callId: 'c1', name: 'f', content: 'done' },
    { role: 'assistant', content: 'And', toolCalls: [call(''), call('{"a":'), call('[1]'), call('{ "a" : 1 }')] },
    { role: 'assistant', content: '', toolCalls: [] },
    {
      role: 'assistant',
      content: 'Done',
      toolCalls: [],
      reasoning: 'never sent back',
      reasoningDetails: { reasoning_details: [{ type: 'reasoning.text', text: 'r' }], other: 1 },
    },
  ]
  const wire = (args: string) => ({ id: 'c1', type: 'function', function: { name: 'f', arguments: args } })
  expect(sent({ messages }).messages).toEqual([
    { role: 'assistant', content: null, tool_calls: [wire('{"a":1}')] },
    { role: 'tool', tool_call_id: 'c1', content: 'done' },
    { role: 'assistant', content: 'And', tool_calls: [wire('{}'), wire('{}'), wire('{}'), wire('{ "a" : 1 }')] },
    { role: 'assistant', content: '' },
    { role: 'assistant', content: 'Done', reasoning_details: [{ type: 'reasoning.text', text: 'r' }] },
  ])
})

const asked: ChatRequest = { messages: [], tools: [] }

it('gives an answer of Ollama an end, unless somebody said another one', () => {
  const limits = [
    requestBody(asked, { kind: 'ollama', model: 'm' }),
    requestBody({ ...asked, maxOutputTokens: 7 }, { kind: 'ollama', model: 'm' }),
    requestBody(asked, { kind: 'ollama', model: 'm', extraBody: { max_tokens: 90_000 } }),
    requestBody(asked, { kind: 'vllm', model: 'm' }),
  ].map(({ text }) => JSON.parse(text).max_tokens)
  expect(limits).toEqual([16_384, 7, 90_000, undefined])
})

it('asks llama-server how far it has read the prompt', () => {
  const asked = (stream: boolean) => sent({ stream }, { ...profile, kind: 'llama-server' }).return_progress
  expect([asked(true), asked(false)]).toEqual([true, undefined])
})

it('sends the sampling of the profile in one order, and routing to OpenRouter alone', () => {
  const sampling = { topP: 0.9, seed: 7, sampling: { top_k: 20, min_p: 0.05 }, stop: ['###'] }
  const provider = { order: ['a'], allow_fallbacks: false }
  const profiles: RequestProfile[] = [
    { ...profile, ...sampling, provider },
    { ...profile, kind: 'openrouter' as const, provider, sampling: { min_p: 0.05, top_k: 20 } },
    { ...profile, sampling: { top_k: 20 }, extraBody: { top_k: 40 } },
  ]
  const bodies = profiles.map((one) => requestBody({ messages: [], tools: [], stream: false }, one).text)
  expect(bodies).toEqual([
    '{"model":"m","stream":false,"top_p":0.9,"seed":7,"min_p":0.05,"top_k":20,"stop":["###"],"messages":[]}',
    '{"model":"m","stream":false,"plugins":[{"id":"context-compression","enabled":false}],"min_p":0.05,"top_k":20,"provider":{"order":["a"],"allow_fallbacks":false},"messages":[]}',
    '{"model":"m","stream":false,"top_k":40,"messages":[]}',
  ])
})

it('merges the extra body, except into the conversation itself', () => {
  const extraBody = { temperature: 0.5, top_k: 20, max_tokens: 7, model: 'other', messages: [], stream: false }
  expect(sent({ temperature: 1, maxOutputTokens: 100 }, { ...profile, extraBody })).toEqual({
    model: 'm',
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.5,
    top_k: 20,
    messages: [],
    max_tokens: 7,
  })
})

const text = fc.string({ unit: 'binary' })
const message: fc.Arbitrary<ChatMessage> = fc.oneof(
  fc.record({ role: fc.constant('user' as const), content: text }),
  fc.record({ role: fc.constant('tool' as const), callId: text, name: text, content: text }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: text,
    toolCalls: fc.array(
      fc.record({
        callId: text,
        name: text,
        arguments: fc.oneof(text, fc.json()),
        recovered: fc.boolean(),
      }),
    ),
  }),
)

it('100 gives the same bytes for the same conversation, and each turn goes on from the bytes before', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.array(message, { minLength: 1, maxLength: 3 }),
      (before, added) => {
        const tools = [tool('f', ['a']), tool('g')]
        const first = requestBody({ messages: before, tools }, profile).text
        const again = requestBody({ messages: structuredClone(before), tools: structuredClone(tools) }, profile).text
        const next = requestBody({ messages: [...before, ...added], tools }, profile).text
        const closing = ']}'
        expect([again, next.startsWith(first.slice(0, -closing.length))]).toEqual([first, true])
      },
    ),
    { numRuns: 60 },
  )
})

/** Parts of which half may be half a character, as text and as an escape of JSON. */
const half = fc
  .array(fc.constantFrom('\ud83d', '\ude00', '\u{1F600}', '\\', String.raw`\ud83d`, '"', 'a'))
  .map((parts) => parts.join(''))
const halves = fc.tuple(
  fc.constantFrom<ChatMessage>(
    { role: 'system', content: '' },
    { role: 'user', content: '' },
    { role: 'tool', callId: '', name: 'f', content: '' },
    { role: 'assistant', content: '', toolCalls: [], reasoning: '' },
  ),
  half,
)

it('sends whole characters only, in both dialects, whatever the conversation, the tools and the profile hold', () => {
  fc.assert(
    fc.property(fc.array(halves), half, half, (parts, one, args) => {
      const messages = parts.map(([message, text]): ChatMessage => {
        if (message.role === 'assistant') {
          const toolCalls = [{ callId: text, name: text, arguments: JSON.stringify({ a: args }), recovered: false }]
          return {
            ...message,
            content: text,
            reasoning: text,
            toolCalls,
            reasoningDetails: { thinking_blocks: [text] },
          }
        }
        return message.role === 'tool' ? { ...message, content: text, callId: one } : { ...message, content: text }
      })
      const tools = [{ name: 'f', description: one, parameters: { type: 'object', description: one } }]
      const asked = { messages, tools, responseSchema: { title: one } }
      const own = { ...profile, model: one, stop: [one], extraBody: { [one]: one } }
      const compat = { refused: new Map(), wantsReasoning: true, alternates: false }
      const bodies = [requestBody(asked, own, compat), nativeBody(asked, { ...own, contextWindow: 1 }, compat)]
      for (const { text } of bodies) {
        expect(strings(JSON.parse(text)).filter(hasHalfCharacter)).toEqual([])
        for (const json of strings(JSON.parse(text)).filter((string) => string.startsWith('{"a":')))
          expect(strings(JSON.parse(json)).filter(hasHalfCharacter)).toEqual([])
      }
    }),
  )
})

it('spells what a model invented as strict servers take it, the same each time', () => {
  const name = 'functions.read file<|channel|>'
  const messages: ChatMessage[] = [
    { role: 'assistant', content: '', toolCalls: [{ ...call('{}'), name }] },
    { role: 'tool', callId: 'c1', name, content: 'Error: there is no such tool.' },
  ]
  const native = JSON.parse(nativeBody({ messages, tools: [] }, { ...profile, contextWindow: 1 }).text)
  expect([
    sent({ messages }).messages[0].tool_calls[0].function.name,
    native.messages[0].tool_calls[0].function.name,
    native.messages[1].tool_name,
  ]).toEqual(['functions_read_file_channel_', 'functions_read_file_channel_', 'functions_read_file_channel_'])
})

/** All texts of a value, keys included. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return [...Object.keys(value), ...Object.values(value).flatMap(strings)]
}
