import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Profile } from '#shared/profile/profile.ts'
import {
  httpError,
  json,
  type RawOptions,
  raw,
  type ScriptedBackend,
  type ScriptStep,
  startScriptedBackend,
} from '../../../../test-support/scripted-backend.ts'
import { testProfile, tool } from '../../../../test-support/test-profile.ts'
import { createBackend } from '../client.ts'
import type { ChatRequest, StreamEvent } from '../contract/backend.ts'
import { BackendError } from '../contract/backend-error.ts'

/** Ollama's `/api/chat` over a real socket (docs/servers.md B.3, H 88). */

let backend: ScriptedBackend
let answers: ScriptStep[] = []
beforeEach(async () => {
  const next: ScriptStep = (request) => {
    const step = answers.shift()
    if (!step) return httpError(500, 'The script of the test is over.')
    return typeof step === 'function' ? step(request) : step
  }
  backend = await startScriptedBackend({ routes: { '/api/chat': next } })
})
afterEach(() => backend.close())

const line = (message: object, more: object = {}) =>
  `${JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: '', ...message }, done: false, ...more })}\n`
const last = (more: object = {}) => line({}, { done: true, done_reason: 'stop', total_duration: 5, ...more })
const counts = { prompt_eval_count: 26, eval_count: 10 }
const call = (id: string | undefined, args: object, index?: number) => ({
  ...(id && { id }),
  function: { ...(index !== undefined && { index }), name: 'f', arguments: args },
})

interface Row {
  name: string
  wire: readonly string[]
  expected: readonly string[]
  end?: RawOptions
  frameLimit?: number
}

const rows: Row[] = [
  {
    name: '88 two lines and the end with counts',
    wire: [line({ content: 'He' }), line({ content: 'y' }), last(counts)],
    expected: ['text Hey', 'usage 26/10', 'finish stop (stop)'],
  },
  {
    name: '88b a call on a line before the end, with an object for arguments',
    wire: [line({ tool_calls: [call('call_x', { a: 1 }, 0)] }), last(counts)],
    expected: ['usage 26/10', 'call call_x f {"a":1}', 'finish tool_calls (stop)'],
  },
  {
    name: 'calls on two lines, both with index 0',
    wire: [line({ tool_calls: [call('c1', { a: 1 }, 0)] }), line({ tool_calls: [call('c2', { a: 2 }, 0)] }), last()],
    expected: ['call c1 f {"a":1}', 'call c2 f {"a":2}', 'finish tool_calls (stop)'],
  },
  {
    name: 'two same calls without id and index',
    wire: [line({ tool_calls: [call(undefined, {}), call(undefined, {})] }), last()],
    expected: ['call id* f {}', 'call id* f {}', 'finish tool_calls (stop)'],
  },
  {
    name: 'thinking, then text',
    wire: [line({ thinking: 'Hm' }), line({ thinking: 'm.' }), line({ content: 'Yes' }), last()],
    expected: ['reasoning Hmm.', 'text Yes', 'finish stop (stop)'],
  },
  {
    name: 'characters of several bytes',
    wire: [line({ content: 'é😀\u2028' }), last()],
    expected: ['text é😀\u2028', 'finish stop (stop)'],
  },
  {
    name: 'an output of no tokens is not counted',
    wire: [line({ content: 'A' }), last({ prompt_eval_count: 3 })],
    expected: ['text A', 'usage 3/null', 'finish stop (stop)'],
  },
  {
    name: 'an input that is not counted stays unknown',
    wire: [line({ content: 'A' }), last({ eval_count: 3 })],
    expected: ['text A', 'usage null/3', 'finish stop (stop)'],
  },
  {
    name: 'cut by the length limit',
    wire: [line({ content: 'A' }), last({ done_reason: 'length' })],
    expected: ['text A', 'finish length (length)'],
  },
  {
    name: 'a reason that is none of an answer',
    wire: [line({ content: 'A' }), last({ done_reason: 'unload' })],
    expected: ['text A', 'finish other (unload)'],
  },
  {
    name: 'a reason without done',
    wire: [line({ content: 'A' }), line({}, { done_reason: 'stop' })],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: 'a last line without its newline',
    wire: [line({ content: 'A' }), last(counts).trimEnd()],
    expected: ['text A', 'usage 26/10', 'finish stop (stop)'],
  },
  {
    name: 'CRLF and empty lines',
    wire: [line({ content: 'A' }).replace('\n', '\r\n\r\n'), last().replace('\n', '\r\n')],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: 'an error after output',
    wire: [line({ content: 'A' }), '{"error":"model runner has unexpectedly stopped"}\n'],
    expected: ['text A', 'error server-error'],
  },
  {
    name: 'no more lines and no end',
    wire: [line({ content: 'A' })],
    expected: ['text A', 'error stream-truncated'],
  },
  {
    name: 'half a line at the end',
    wire: [line({ content: 'A' }), line({ content: 'B' }).slice(0, 30)],
    expected: ['text A', 'error stream-truncated'],
  },
  {
    name: 'a line that is not JSON',
    wire: [line({ content: 'A' }), '{bad\n', last()],
    expected: ['text A', 'error protocol'],
  },
  {
    name: 'a line that has no end',
    wire: [line({ content: 'A' }), 'x'.repeat(5000)],
    expected: ['text A', 'error protocol'],
    end: { end: 'hold' },
    frameLimit: 1000,
  },
  {
    name: 'the mark of UTF-8, and blank lines',
    wire: [`\ufeff${line({ content: 'é😀' })}`, '\n', ' \r\n', last()],
    expected: ['text é😀', 'finish stop (stop)'],
  },
  {
    name: 'a web page',
    wire: ['<html><body>Hello</body></html>'],
    end: { headers: { 'content-type': 'text/html' } },
    expected: ['error protocol'],
  },
  { name: 'nothing at all', wire: [], expected: ['error stream-truncated'] },
  {
    name: 'generated and swallowed',
    wire: [last({ prompt_eval_count: 9, eval_count: 23 })],
    expected: ['usage 9/23', 'warning swallowed-answer', 'finish unknown (stop)'],
  },
  {
    name: 'a call that was left in the text',
    wire: [line({ content: '<tool_call>\n{"name":"f","arguments":{}}\n</tool_call>' }), last()],
    expected: ['call id* f {}', 'finish tool_calls (stop)'],
  },
]

describe('what the server sends', () => {
  const ndjson = { headers: { 'content-type': 'application/x-ndjson' } }
  it.each(rows)('$name', async ({ wire, expected, end, frameLimit }) => {
    answers = [raw(wire, { ...ndjson, ...end })]
    expect(await inShort(chat({}, {}, frameLimit))).toEqual(expected)
  })

  it.each(rows)('$name, one byte at a time', async ({ wire, expected, end, frameLimit }) => {
    const bytes = [...Buffer.from(wire.join(''))].map((byte) => Buffer.of(byte))
    answers = [raw(bytes, { ...ndjson, ...end })]
    expect(await inShort(chat({}, {}, frameLimit))).toEqual(expected)
  })

  it('a whole reply', async () => {
    answers = [json(JSON.parse(last({ ...counts, message: { role: 'assistant', content: 'Hey' } })))]
    expect(await inShort(chat({ stream: false }))).toEqual(['text Hey', 'usage 26/10', 'finish stop (stop)'])
  })

  it.each([
    [404, "model 'm' not found", 'unknown-model'],
    [400, 'registry.ollama.ai/library/m:latest does not support tools', 'tools-unsupported'],
    [
      400,
      'the prompt is longer than the context length currently available to the model; shorten the prompt',
      'context-overflow',
    ],
    [400, 'the input length exceeds the context length', 'context-overflow'],
    [401, 'unauthorized', 'auth'],
    [500, 'model runner has unexpectedly stopped', 'server-error'],
  ])('%i %s is %s', async (status, error, code) => {
    answers = [json({ error }, { status })]
    expect(await inShort(chat())).toEqual([`error ${code}`])
  })
})

describe('what is sent', () => {
  const conversation: ChatRequest = {
    messages: [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'U' },
      {
        role: 'assistant',
        content: '',
        reasoning: 'R',
        toolCalls: [
          { callId: 'c1', name: 'f', arguments: '{"a":1}', recovered: false },
          { callId: 'c2', name: 'f', arguments: '{"a":', recovered: false },
        ],
      },
      { role: 'tool', callId: 'c1', name: 'f', content: 'one' },
      { role: 'tool', callId: 'c2', name: 'f', content: 'cut' },
    ],
    tools: [tool('f', ['a'])],
    maxOutputTokens: 100,
    temperature: 0.5,
    responseSchema: { type: 'object' },
  }

  it('the window, the limits, the tools and the history in native form, the same bytes each time', async () => {
    answers = [raw([line({ content: 'A' }), last()]), raw([line({ content: 'A' }), last()])]
    const profile: Partial<Profile> = {
      topP: 0.9,
      seed: 7,
      stop: ['END'],
      sampling: { top_k: 40, repetition_penalty: 1.1 },
      extraBody: { keep_alive: '1h', think: true, options: { num_gpu: 1, num_ctx: 9 }, messages: [], stream: false },
    }
    await inShort(chat(conversation, profile))
    await inShort(chat(conversation, profile))
    const [first, second] = backend.requests
    expect(second?.bodyText).toBe(first?.bodyText)
    expect(first?.body).toEqual({
      model: 'm',
      stream: true,
      truncate: false,
      shift: false,
      keep_alive: '1h',
      think: true,
      format: { type: 'object' },
      options: {
        num_gpu: 1,
        num_ctx: 4096,
        temperature: 0.5,
        top_p: 0.9,
        seed: 7,
        repeat_penalty: 1.1,
        top_k: 40,
        stop: ['END'],
        num_predict: 100,
      },
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: 'Does f.',
            parameters: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          },
        },
      ],
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'U' },
        {
          role: 'assistant',
          content: '',
          thinking: 'R',
          tool_calls: [
            { id: 'c1', function: { index: 0, name: 'f', arguments: { a: 1 } } },
            { id: 'c2', function: { index: 1, name: 'f', arguments: {} } },
          ],
        },
        { role: 'tool', content: 'one', tool_name: 'f', tool_call_id: 'c1' },
        { role: 'tool', content: 'cut', tool_name: 'f', tool_call_id: 'c2' },
      ],
    })
  })

  it('without the wish to think to a model that cannot, after it said so', async () => {
    answers = [json({ error: '"m" does not support thinking' }, { status: 400 }), raw([line({ content: 'A' }), last()])]
    const lines = await inShort(chat({}, { extraBody: { reasoning_effort: 'high' } }))
    expect([lines, backend.requests.map(({ body }) => body.think)]).toEqual([
      ['warning parameter-refused', 'text A', 'finish stop (stop)'],
      ['high', undefined],
    ])
  })

  it.each([
    ['with a window', { contextWindow: 4096 }, '/api/chat'],
    ['without one', { contextWindow: undefined }, '/v1/chat/completions'],
    ['to another kind', { contextWindow: 4096, kind: 'vllm' as const }, '/v1/chat/completions'],
  ])('%s', async (_name, profile, path) => {
    answers = [raw([line({ content: 'A' }), last()])]
    await inShort(chat({}, profile))
    expect(backend.requests[0]?.path).toBe(path)
  })

  it('although the base URL lacks its /v1', async () => {
    answers = [raw([line({ content: 'A' }), last()])]
    await inShort(chat({}, { baseUrl: backend.baseUrl.replace('/v1', '') }))
    expect(backend.requests[0]?.path).toBe('/api/chat')
  })
})

async function* chat(request: Partial<ChatRequest> = {}, profile: Partial<Profile> = {}, frameLimit?: number) {
  const client = createBackend({
    profile: testProfile(backend.baseUrl, { kind: 'ollama', contextWindow: 4096, ...profile }),
    key: null,
    retry: { attempts: 1 },
    ...(frameLimit && { frameLimit }),
  })
  try {
    const asked = { messages: [], tools: [tool('f')], ...request }
    yield* client.chat(asked, new AbortController().signal)
  } finally {
    await client.close()
  }
}

async function inShort(events: AsyncIterable<StreamEvent>): Promise<string[]> {
  const lines: string[] = []
  const add = (kind: string, text: string) => {
    if (lines.at(-1)?.startsWith(kind)) lines.push(lines.pop() + text)
    else lines.push(kind + text)
  }
  try {
    for await (const event of events) {
      if (event.type === 'content_delta') add('text ', event.text)
      if (event.type === 'reasoning_delta') add('reasoning ', event.text)
      if (event.type === 'usage') lines.push(`usage ${event.usage.inputTokens}/${event.usage.outputTokens}`)
      if (event.type === 'warning') lines.push(`warning ${event.code}`)
      if (event.type !== 'message_stop') continue
      for (const { callId, name, arguments: text } of event.toolCalls)
        lines.push(`call ${/^[0-9a-z]{9}$/.test(callId) ? 'id*' : callId} ${name} ${text}`)
      lines.push(`finish ${event.finish} (${event.rawFinish})`)
    }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    lines.push(`error ${error.code}`)
  }
  return lines
}
