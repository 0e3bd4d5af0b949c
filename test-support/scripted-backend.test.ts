import { afterEach, expect, it } from 'vitest'
import {
  chunk,
  DONE,
  frame,
  gate,
  httpError,
  raw,
  type ScriptedBackend,
  type ScriptedBackendOptions,
  silent,
  startScriptedBackend,
  text,
  toolCalls,
  usage,
} from './scripted-backend.ts'

let backend: ScriptedBackend
afterEach(() => backend.close())

async function start(options?: ScriptedBackendOptions) {
  backend = await startScriptedBackend(options)
}

function chat(body: Record<string, unknown> = { stream: true }, signal?: AbortSignal): Promise<Response> {
  return fetch(`${backend.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }),
    ...(signal && { signal }),
  })
}

it('streams a text in pieces and records the request', async () => {
  await start({ script: [text('Hi there', { chunks: 2, usage: usage(3, 2, { cost: 0.1 }) })] })
  const answer = await (await chat()).text()
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'scripted' }
  expect(answer).toBe(
    [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hi t' }),
      chunk({ content: 'here' }),
      chunk({}, 'stop'),
      frame({
        ...head,
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cost: 0.1 },
      }),
      DONE,
    ].join(''),
  )
  expect(backend.chatRequests()).toMatchObject([
    {
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer key' },
      messages: [{ role: 'user', content: 'Hi' }],
      closedEarly: false,
    },
  ])
})

it('answers whole where no stream was asked for', async () => {
  await start({ script: [toolCalls([['f', { a: 1 }, 'c1']])] })
  expect(await (await chat({})).json()).toMatchObject({
    object: 'chat.completion',
    choices: [
      {
        message: {
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ],
    usage: { total_tokens: 15 },
  })
})

it('holds the rest back behind a gate, and sees the client leave', async () => {
  await start({ script: [text('one two', { chunks: 2, gate: gate().opened })] })
  const leave = new AbortController()
  const response = await chat({ stream: true }, leave.signal)
  const reader = response.body?.getReader()
  let seen = ''
  while (!seen.includes('one ')) seen += new TextDecoder().decode((await reader?.read())?.value)
  expect(seen).not.toContain('two')
  leave.abort()
  const request = await backend.chatRequest(0)
  await request.closed
  expect(request.closedEarly).toBe(true)
})

it('says nothing until it is released', async () => {
  const released = gate()
  await start({ script: [silent(released.opened, text('late'))] })
  const answered = chat()
  await backend.chatRequest(0)
  released.open()
  expect(await (await answered).text()).toContain('late')
})

it.each(['cut', 'reset'] as const)('a body that ends in a %s is an error to the client', async (end) => {
  await start({ script: [raw(['data: 1\n\n'], { end })] })
  const response = await chat()
  await expect(response.text()).rejects.toThrow('terminated')
})

it('a script that ran out is a clear 500, errors and models are served', async () => {
  await start({ script: [httpError(429, 'slow down', { 'retry-after': '2' })], models: ['a', 'b'] })
  const limited = await chat()
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2'])
  await limited.body?.cancel()
  const empty = await chat()
  expect([empty.status, await empty.json()]).toEqual([
    500,
    {
      error: {
        message: 'The script of the test has no answer for this request.',
        type: 'scripted',
        param: null,
        code: null,
      },
    },
  ])
  const models = (await (await fetch(`${backend.baseUrl}/models`)).json()) as { data: { id: string }[] }
  expect(models.data.map(({ id }) => id)).toEqual(['a', 'b'])
  backend.script((request) => text(`You said ${request.messages[0]?.content}.`))
  expect(await (await chat()).text()).toContain('You said Hi.')
})
