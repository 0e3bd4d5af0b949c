import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Profile } from '#shared/profile/profile.ts'
import type { ChatMessage } from '#shared/session/message.ts'
import {
  chunk,
  DONE,
  frame,
  gate,
  httpError,
  json,
  raw,
  type ScriptedBackend,
  silent,
  startScriptedBackend,
  text,
  toolCall,
  usage,
} from '../../../test-support/scripted-backend.ts'
import { testProfile, tool } from '../../../test-support/test-profile.ts'
import { type BackendOptions, OpenAICompatibleClient } from './client.ts'
import type { ChatRequest, StreamEvent } from './contract/backend.ts'
import { BackendError } from './contract/backend-error.ts'

let backend: ScriptedBackend
const clients: OpenAICompatibleClient[] = []
beforeEach(async () => {
  backend = await startScriptedBackend()
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await backend.close()
})

const request: ChatRequest = { messages: [{ role: 'user', content: 'Hi' }], tools: [] }
const never = new AbortController().signal
const busy = (headers?: Record<string, string>) => httpError(503, 'busy', headers)

/** A client whose waits are noted instead of waited for. */
function open(profile: Partial<Profile> = {}, options: Partial<BackendOptions> = {}) {
  const waits: number[] = []
  const client = new OpenAICompatibleClient({
    profile: testProfile(backend.baseUrl, profile),
    key: null,
    ...options,
    retry: {
      now: () => Date.parse('2026-01-01T00:00:00Z'),
      random: () => 1,
      sleep: async (milliseconds) => {
        waits.push(milliseconds)
      },
      ...options.retry,
    },
  })
  clients.push(client)
  return { client, waits }
}

async function said(events: AsyncIterable<StreamEvent>): Promise<string[]> {
  const lines: string[] = []
  try {
    for await (const event of events) {
      if (event.type === 'content_delta') lines.push(event.text)
      if (event.type === 'warning') lines.push(`${event.code}: ${event.message}`)
      if (event.type === 'phase') lines.push(`[${event.phase}]`)
    }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    lines.push(`error ${error.code}`)
  }
  return lines
}

describe('retries', () => {
  it('waits longer each time, says so, and gives up after four attempts', async () => {
    const { client, waits } = open()
    backend.script(busy(), busy(), busy(), busy())
    const lines = await said(client.chat(request, never))
    expect({ waits, requests: backend.chatRequests().length, lines }).toEqual({
      waits: [500, 1000, 2000],
      requests: 4,
      lines: [
        '[retrying]',
        'retry: Test was too busy to answer. Asked again after a second, nothing was lost.',
        '[retrying]',
        'retry: Test was too busy to answer. Asked again after a second, nothing was lost.',
        '[retrying]',
        'retry: Test was too busy to answer. Asked again after 2 seconds, nothing was lost.',
        'error overloaded',
      ],
    })
  })

  it.each([
    ['seconds', '2', 2000],
    ['a date', 'Thu, 01 Jan 2026 00:00:07 GMT', 7000],
    ['a date that has passed', 'Wed, 31 Dec 2025 00:00:00 GMT', null],
    ['longer than anybody waits', '3600', 60_000],
    ['no number', 'soon', 500],
  ])('83 honours Retry-After in %s', async (_name, header, expected) => {
    const { client, waits } = open()
    backend.script(httpError(429, 'slow down', { 'retry-after': header }), text('Hello'))
    const lines = await said(client.chat(request, never))
    expect([waits, lines.at(-1)]).toEqual([expected === null ? [] : [expected], 'Hello'])
  })

  it('does what OpenRouter says about another attempt', async () => {
    const { client, waits } = open({ kind: 'openrouter' })
    const unavailable = (retryable: boolean) =>
      json(
        {
          error: {
            code: 503,
            message: 'No provider',
            availability: { retryable, retry_after: 7, fallback_models: [] },
          },
        },
        { status: 503 },
      )
    backend.script(unavailable(true), text('Hello'), unavailable(false), text('never'))
    const lines = [...(await said(client.chat(request, never))), ...(await said(client.chat(request, never)))]
    expect([waits, lines.slice(-2), backend.chatRequests().length]).toEqual([[7000], ['Hello', 'error overloaded'], 3])
  })

  it.each([
    [401, 'no', 'auth'],
    [402, 'pay', 'credits'],
    [400, "This model's maximum context length is 10 tokens.", 'context-overflow'],
    [400, 'no', 'invalid-request'],
    [404, 'model `m` does not exist', 'unknown-model'],
  ])('does not repeat what would fail again: %i %s', async (status, message, code) => {
    const { client, waits } = open()
    backend.script(httpError(status, message), text('never'))
    expect([await said(client.chat(request, never)), waits]).toEqual([[`error ${code}`], []])
  })

  it.each([500, 502, 503, 504, 524, 529])('84 repeats after %i', async (status) => {
    const { client } = open()
    backend.script(raw(['<html><title>Bad gateway</title></html>'], { status }), text('Hello'))
    expect((await said(client.chat(request, never))).at(-1)).toBe('Hello')
  })

  it('repeats an answer that failed before its first word, never one that began', async () => {
    const failing = frame({ error: { message: 'x', code: 500 } })
    const { client } = open()
    backend.script(
      raw([chunk({ role: 'assistant', content: '' }), failing]),
      raw([chunk({ content: 'A' }), failing]),
      text('B'),
    )
    const lines = await said(client.chat(request, never))
    expect([lines.length, lines.slice(-2), backend.chatRequests().length]).toEqual([4, ['A', 'error server-error'], 2])
  })

  it('says at once that nobody is there', async () => {
    const { client, waits } = open()
    await backend.close()
    const error = await rejected(client.chat(request, never))
    expect([error, waits]).toEqual([
      {
        code: 'unreachable',
        retryable: true,
        message: `Nothing answers at ${backend.baseUrl}. Is the server running, and is the base URL right?`,
      },
      [],
    ])
  })

  it('asks LiteLLM less often: it repeats by itself', async () => {
    const { client } = open({ kind: 'litellm' })
    backend.script(busy(), busy(), busy())
    await said(client.chat(request, never))
    expect(backend.chatRequests().length).toBe(2)
  })

  it('waits for a model that loads without counting attempts', async () => {
    const loading = httpError(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } })
    const { client, waits } = open()
    backend.script(...Array(6).fill(loading), text('Hello'))
    expect(await said(client.chat(request, never))).toEqual([...Array(6).fill('[loading-model]'), 'Hello'])
    expect(waits.length).toBe(6)
  })
})

describe('what a server does not accept', () => {
  it('99 is left out once and for all', async () => {
    const { client } = open({ temperature: 0.2 })
    const refusal = httpError(400, {
      error: {
        message: "Unsupported value: 'temperature' does not support 0.2 with this model.",
        param: 'temperature',
      },
    })
    backend.script(refusal, text('A'), text('B'))
    const warm = { ...request, temperature: 0.2 }
    expect(await said(client.chat(warm, never))).toEqual([
      'parameter-refused: Test does not accept temperature; it is left out from now on.',
      'A',
    ])
    expect(await said(client.chat(warm, never))).toEqual(['B'])
    expect(backend.chatRequests().map(({ body }) => body.temperature)).toEqual([0.2, undefined, undefined])
  })

  it('is not tried without twice', async () => {
    const { client } = open()
    const refusal = () => httpError(400, "Unknown parameter: 'stream_options'")
    backend.script(refusal(), refusal(), text('never'))
    expect(await said(client.chat(request, never))).toEqual([
      'parameter-refused: Test does not accept stream_options; it is left out from now on.',
      'error invalid-request',
    ])
    expect(backend.chatRequests().map(({ body }) => 'stream_options' in body)).toEqual([true, false])
  })

  it('may have another name', async () => {
    const { client } = open()
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    backend.script(httpError(400, { error: { message, param: 'max_tokens' } }), text('A'))
    await said(client.chat({ ...request, maxOutputTokens: 9 }, never))
    expect(backend.chatRequests().map(({ body }) => [body.max_tokens, body.max_completion_tokens])).toEqual([
      [9, undefined],
      [undefined, 9],
    ])
  })

  it('may come from the extra body', async () => {
    const { client } = open({ extraBody: { reasoning_effort: 'low', top_k: 20 } })
    backend.script(httpError(400, '"small" does not support thinking'), text('A'))
    await said(client.chat(request, never))
    expect(backend.chatRequests().map(({ body }) => [body.reasoning_effort, body.top_k])).toEqual([
      ['low', 20],
      [undefined, 20],
    ])
  })

  it('is a history without its reasoning', async () => {
    const { client } = open()
    const message = 'The `reasoning_content` in the thinking mode must be passed back to the API.'
    backend.script(httpError(400, message), text('A'))
    const call = { callId: 'c', name: 'f', arguments: '{}', recovered: false }
    const messages: ChatMessage[] = [
      { role: 'assistant', content: '', toolCalls: [call], reasoning: 'Hm.' },
      { role: 'tool', callId: 'c', name: 'f', content: 'ok' },
    ]
    expect(await said(client.chat({ ...request, messages }, never))).toEqual([
      'reasoning-returned: Test wants its reasoning back; it is sent along from now on.',
      'A',
    ])
    const sent = backend.chatRequests().map(({ body }) => JSON.stringify(body).includes('"reasoning_content":"Hm."'))
    expect(sent).toEqual([false, true])
  })

  it('is two messages of one side in a row, where its template says so', async () => {
    const { client } = open()
    const strict =
      'Error: Jinja Exception: After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.'
    backend.script(httpError(400, strict), text('A'), text('B'))
    const call = { callId: 'c', name: 'f', arguments: '{}', recovered: false }
    const messages: ChatMessage[] = [
      { role: 'system', content: 'S' },
      { role: 'user', content: 'one' },
      { role: 'assistant', content: '', toolCalls: [call] },
      { role: 'tool', callId: 'c', name: 'f', content: 'ok' },
      { role: 'user', content: 'two' },
      { role: 'user', content: 'three' },
    ]
    expect(await said(client.chat({ ...request, messages }, never))).toEqual([
      'roles-alternate: Test wants user and assistant to take turns; messages in a row are joined from now on.',
      'A',
    ])
    await said(client.chat({ ...request, messages }, never))
    const sent = backend
      .chatRequests()
      .map(({ messages: wire }) => wire.map(({ role, content }) => `${role} ${JSON.stringify(content)}`))
    const joined = [
      'system "S"',
      'user "one"',
      'assistant null',
      'tool "ok"',
      'assistant "I have the results."',
      'user "two\\n\\nthree"',
    ]
    expect(sent).toEqual([
      ['system "S"', 'user "one"', 'assistant null', 'tool "ok"', 'user "two"', 'user "three"'],
      joined,
      joined,
    ])
  })

  it('is the address without /v1', async () => {
    const { client } = open({ baseUrl: new URL(backend.baseUrl).origin })
    backend.script(raw(['404 page not found'], { status: 404 }), text('Hello'))
    const root = new URL(backend.baseUrl).origin
    expect(await said(client.chat(request, never))).toEqual([
      `parameter-refused: Test does not answer at ${root}; ${root}/v1 is tried instead.`.replace(
        'parameter-refused',
        'address-changed',
      ),
      'Hello',
    ])
    expect(backend.chatRequests().map(({ path }) => path)).toEqual(['/chat/completions', '/v1/chat/completions'])
    expect((await client.listModels(never)).map(({ id }) => id)).toEqual(['scripted'])
  })
})

it('lowers an answer limit that does not fit, before it gives up', async () => {
  const { client } = open()
  const exact =
    "This model's maximum context length is 16384 tokens. However, you requested 20000 tokens (12000 in the messages, 8000 in the completion)."
  const guessed =
    "This model's maximum context length is 16384 tokens. However, you requested 4368 output tokens and your prompt contains at least 12017 input tokens"
  backend.script(httpError(400, exact), httpError(400, guessed), text('A'))
  expect(await said(client.chat({ ...request, maxOutputTokens: 8000 }, never))).toEqual([
    'output-limit-lowered: The answer limit of 8000 tokens does not fit beside the conversation; 4368 is used.',
    'output-limit-lowered: The answer limit of 4368 tokens does not fit beside the conversation; 1092 is used.',
    'A',
  ])
  const full =
    "This model's maximum context length is 16384 tokens. However, you requested 24300 tokens (16300 in the messages, 8000 in the completion)."
  backend.script(httpError(400, full), text('never'))
  expect(await said(client.chat({ ...request, maxOutputTokens: 8000 }, never))).toEqual(['error context-overflow'])
})

describe('stopping', () => {
  it.each([
    ['before the head of the answer', silent(gate().opened)],
    ['in the middle of the answer', text('one two', { chunks: 2, gate: gate().opened })],
  ])('71 %s ends as aborted and closes the connection', async (_name, reply) => {
    const { client } = open()
    backend.script(reply)
    const stop = new AbortController()
    const lines = said(client.chat(request, stop.signal))
    const received = await backend.chatRequest(0)
    stop.abort()
    const started = performance.now()
    expect((await lines).at(-1)).toBe('error aborted')
    await received.closed
    expect(performance.now() - started).toBeLessThan(100)
  })

  it('in a wait between attempts', async () => {
    const stop = new AbortController()
    const { client } = open({}, { retry: { sleep: async (_milliseconds, signal) => signal.throwIfAborted() } })
    backend.script(busy(), text('never'))
    const lines: string[] = []
    for await (const event of guarded(client.chat(request, stop.signal), lines)) {
      if (event.type === 'phase') stop.abort()
    }
    expect([lines, backend.chatRequests().length]).toEqual([['aborted'], 1])
  })

  it('by leaving the loop', async () => {
    const { client } = open()
    backend.script(text('one two', { chunks: 2, gate: gate().opened }))
    for await (const event of client.chat(request, never)) if (event.type === 'content_delta') break
    await backend.chatRequests()[0]?.closed
    expect(backend.chatRequests()[0]?.closedEarly).toBe(true)
  })

  it('before it began sends nothing', async () => {
    const { client } = open()
    expect(await said(client.chat(request, AbortSignal.abort()))).toEqual(['error aborted'])
    expect(backend.requests).toEqual([])
  })
})

describe('requests', () => {
  it('carry key, agent and the headers of the profile', async () => {
    const { client } = open(
      { kind: 'openrouter', headers: { 'X-Team': 'parcel', 'User-Agent': 'mine' } },
      { key: 'secret-key' },
    )
    backend.script(text('A'))
    await said(client.chat({ ...request, tools: [tool('f')] }, never))
    expect(backend.chatRequests()[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-key',
      'accept-encoding': 'identity',
      'x-team': 'parcel',
      'user-agent': 'mine',
      'http-referer': 'app://claw',
      'x-openrouter-title': 'Claw Code Agent',
    })
  })

  it('trim the key, and say so when it cannot be one', async () => {
    backend.script(text('A'))
    await said(open({}, { key: ' pasted-key\n' }).client.chat(request, never))
    expect(backend.chatRequests()[0]?.headers.authorization).toBe('Bearer pasted-key')
    expect(await rejected(open({}, { key: 'two\nlines' }).client.chat(request, never))).toEqual({
      code: 'invalid-input',
      retryable: false,
      message: 'The key or a header of Test holds characters that HTTP does not allow. Enter it again in the profile.',
    })
  })

  it('use one connection again', async () => {
    const { client } = open()
    const ports = new Set<number | undefined>()
    const noting = () => ({
      async play({ request: received, response, models }: Parameters<ReturnType<typeof text>['play']>[0]) {
        ports.add(response.socket?.remotePort)
        await text('A').play({ request: received, response, models })
      },
    })
    backend.script(noting(), noting(), noting())
    for (let turn = 0; turn < 3; turn++) await said(client.chat(request, never))
    expect(ports.size).toBe(1)
  })

  it('give the same events whether streamed or whole', async () => {
    const { client } = open()
    const reply = text('Hello', { reasoning: 'Hm.' })
    backend.script(reply, reply)
    const streamed = await all(client.chat(request, never))
    const whole = await all(client.chat({ ...request, stream: false }, never))
    expect(whole).toEqual(streamed)
    expect(backend.chatRequests().map(({ body }) => [body.stream, body.stream_options])).toEqual([
      [true, { include_usage: true }],
      [false, undefined],
    ])
  })

  it('to LiteLLM take the cost of a whole reply from its header', async () => {
    const { client } = open({ kind: 'litellm' })
    backend.script(text('A', { headers: { 'x-litellm-response-cost': '0.00046499999999999997' } }))
    const events = await all(client.chat({ ...request, stream: false }, never))
    expect(events.find((event) => event.type === 'usage')).toMatchObject({ usage: { costMicroUsd: 465 } })
  })
})

it('puts the arguments that Ollama shuffles back in the order of the tool, and leaves those of others alone', async () => {
  const shuffled = '{"new_text":"b","extra":1,"path":"a"}'
  const calls: string[] = []
  for (const kind of ['ollama', 'vllm'] as const) {
    const { client } = open({ kind })
    backend.script(toolCall('edit', shuffled))
    const events = await all(client.chat({ ...request, tools: [tool('edit', ['path', 'new_text'])] }, never))
    for (const event of events)
      if (event.type === 'message_stop') calls.push(...event.toolCalls.map((one) => one.arguments))
  }
  expect(calls).toEqual(['{"path":"a","new_text":"b","extra":1}', shuffled])
})

it('87 keeps the key out of every word, whatever the server repeats of it', async () => {
  const key = 'a plain word of mine'
  const echo = `Wrong: ${key}, and sk-or-v1-0123456789abcdef too`
  const { client } = open({}, { key })
  backend.script(
    httpError(503, echo),
    httpError(401, echo),
    raw([chunk({ content: 'A' }), frame({ error: { message: echo, code: 500 } })]),
    raw([`data: {no json, ${'.'.repeat(170)} ${echo}\n\n`]),
    raw([echo], { headers: { 'content-type': 'application/json' } }),
  )
  const words: unknown[] = []
  for (let call = 0; call < 4; call++) {
    try {
      for await (const event of client.chat(request, never)) words.push(event)
    } catch (error) {
      if (!(error instanceof BackendError)) throw error
      words.push(error.failure)
    }
  }
  const text = JSON.stringify(words)
  expect([
    backend.chatRequests().length,
    text.includes('[key]'),
    text.includes(key),
    /0123456|a plain/.test(text),
  ]).toEqual([5, true, false, false])
})

it('takes the reasoning for the answer where a server takes every answer for reasoning', async () => {
  const { client } = open()
  const onlyReasoned = () => raw([chunk({ reasoning: 'I am ' }), chunk({ reasoning: 'small.' }, 'stop'), DONE])
  backend.script(onlyReasoned(), onlyReasoned(), onlyReasoned(), text('Four.', { reasoning: 'Hm.' }), onlyReasoned())
  const turns: string[][] = []
  for (let turn = 0; turn < 5; turn++) turns.push(await said(client.chat(request, never)))
  expect(turns).toEqual([
    [],
    [expect.stringContaining('answer-in-reasoning: Test sent two answers in a row as reasoning only'), 'I am small.'],
    ['I am small.'],
    ['Four.'],
    [],
  ])
})

it('takes the cost of a stream from its usage, not from a header that was written before it', async () => {
  const { client } = open({ kind: 'litellm' })
  const headers = { 'x-litellm-response-cost': '0.5' }
  backend.script(text('A', { headers, usage: usage(10, 5, { cost: 0.000465 }) }), text('B', { headers }))
  const costs: unknown[] = []
  for (let call = 0; call < 2; call++) {
    const events = await all(client.chat(request, never))
    costs.push(events.flatMap((event) => (event.type === 'usage' ? [event.usage.costMicroUsd] : [])))
  }
  expect(costs).toEqual([[465], [null]])
})

it('routes through OpenRouter as the profile says, and takes its cost', async () => {
  const provider = { only: ['deepinfra'], data_collection: 'deny' as const, zdr: true }
  const { client } = open({ kind: 'openrouter', provider })
  backend.script(text('A', { usage: usage(10, 5, { cost: 0.0021 }) }), text('B'), text('C'))
  const events = await all(client.chat(request, never))
  await all(client.chat({ ...request, stream: false }, never))
  const own = open({ kind: 'openrouter', extraBody: { plugins: [] } }).client
  await all(own.chat(request, never))
  const sent = backend.chatRequests()[0]
  expect(backend.chatRequests().map(({ body }) => body.plugins)).toEqual([
    [{ id: 'context-compression', enabled: false }],
    [{ id: 'context-compression', enabled: false }],
    [],
  ])
  expect([
    sent?.body.provider,
    sent?.headers['http-referer'],
    sent?.headers['x-openrouter-title'],
    events.flatMap((event) => (event.type === 'usage' ? [event.usage.costMicroUsd] : [])),
  ]).toEqual([provider, 'app://claw', 'Claw Code Agent', [2100]])
})

it("keeps the server's own id of a call that failed, before and within its answer", async () => {
  const { client } = open({ kind: 'litellm' }, { retry: { attempts: 1 } })
  const headers = { 'x-litellm-call-id': '6f1c-42' }
  backend.script(
    httpError(500, 'upstream', headers),
    raw([chunk({ content: 'A' })], {
      headers: { 'content-type': 'text/event-stream', ...headers },
      end: 'cut',
    }),
  )
  const ids = []
  for (let call = 0; call < 2; call++) {
    ids.push((await rejected(client.chat(request, never)))?.details?.callId)
  }
  expect(ids).toEqual(['6f1c-42', '6f1c-42'])
})

it('ends a request that takes longer than the profile allows for all of it', async () => {
  const { client } = open({ timeouts: { wholeMs: 50 } })
  backend.script(raw([chunk({ content: 'A' })], { end: 'hold' }))
  expect(await said(client.chat(request, never))).toEqual(expect.arrayContaining(['error timeout']))
  await backend.chatRequests()[0]?.closed
})

it.each([
  ['at the top', { error: { code: 502, message: 'x' } }],
  ['in a choice', { choices: [{ index: 0, error: { code: 502, message: 'x' }, finish_reason: 'error' }] }],
])('86 an error %s of a 200 is an error', async (_name, body) => {
  const { client } = open({}, { retry: { attempts: 1 } })
  backend.script(json(body))
  expect(await said(client.chat({ ...request, stream: false }, never))).toEqual(['error server-error'])
})

it('passes on what was counted before an answer broke off', async () => {
  const { client } = open()
  const counted = { choices: [{ index: 0, delta: { content: 'A' } }], usage: usage(5, 1) }
  backend.script(raw([frame(counted), frame({ error: { message: 'x', code: 500 } })]))
  const events: StreamEvent[] = []
  const codes: string[] = []
  for await (const event of guarded(client.chat(request, never), codes)) events.push(event)
  expect([events.map(({ type }) => type), codes]).toEqual([
    ['message_start', 'content_delta', 'usage'],
    ['server-error'],
  ])
})

it('tells how far the prompt was read, where the server does', async () => {
  const { client } = open()
  const progress = { ...{ id: 'x', choices: [] }, prompt_progress: { total: 200, cache: 0, processed: 50, time_ms: 3 } }
  backend.script(raw([frame(progress), chunk({ content: 'A' }, 'stop'), DONE]))
  const [first] = await all(client.chat(request, never))
  expect(first).toEqual({ type: 'phase', phase: 'reading-prompt', progress: 0.25 })
})

async function all(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const list: StreamEvent[] = []
  for await (const event of events) list.push(event)
  return list
}

async function rejected(events: AsyncIterable<StreamEvent>) {
  try {
    await all(events)
  } catch (error) {
    if (error instanceof BackendError) return error.failure
    throw error
  }
  return undefined
}

/** The same events; a failure ends them and is noted. */
async function* guarded(events: AsyncIterable<StreamEvent>, codes: string[]) {
  try {
    yield* events
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    codes.push(error.code)
  }
}
