import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  chunk as C,
  DONE as D,
  frame,
  json,
  raw,
  type ScriptedBackend,
  startScriptedBackend,
  usage,
} from '../../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../../test-support/test-profile.ts'
import { createBackend } from '../client.ts'
import type { StreamEvent, ToolDefinition } from '../contract/backend.ts'

/** docs/servers.md H 90 to 97, over a real socket: as one delta, one character a delta, and as a whole reply. */

const tools: readonly ToolDefinition[] = [
  { name: 'f', description: 'F.', parameters: { type: 'object', properties: { a: { type: 'integer' } } } },
  { name: 'w', description: 'W.', parameters: { type: 'object', properties: { body: { type: 'string' } } } },
]

let backend: ScriptedBackend
beforeAll(async () => {
  backend = await startScriptedBackend()
})
afterAll(async () => {
  await backend.close()
})

interface Answered {
  reasoning: string
  text: string
  /** Calls and broken calls in short, warnings, the finish. */
  events: string[]
}

async function answered(events: AsyncIterable<StreamEvent>): Promise<Answered> {
  const result: Answered = { reasoning: '', text: '', events: [] }
  for await (const event of events) {
    if (event.type === 'content_delta') result.text += event.text
    if (event.type === 'reasoning_delta') result.reasoning += event.text
    if (event.type === 'warning') result.events.push(`warn ${event.code}`)
    if (event.type !== 'message_stop') continue
    for (const { name, arguments: text, recovered } of event.toolCalls) {
      result.events.push(`${recovered ? 'recovered' : 'call'} ${name}(${text})`)
    }
    for (const { name, recovered } of event.brokenToolCalls) {
      result.events.push(`broken ${recovered ? 'recovered ' : ''}${name}`)
    }
    result.events.push(`finish ${event.finish}`)
  }
  return result
}

type Way = 'at once' | 'by character' | 'whole'
const ways: readonly Way[] = ['at once', 'by character', 'whole']

interface Script {
  content: string
  finish?: string
  /** Parts of the message beside the content: native calls, reasoning. */
  more?: Record<string, unknown>
}

function reply({ content, finish = 'stop', more = {} }: Script, way: Way) {
  if (way === 'whole') {
    const message = { role: 'assistant', content, ...more }
    return json({ id: 'x', model: 'm', choices: [{ index: 0, message, finish_reason: finish }], usage: usage(9, 9) })
  }
  const { tool_calls: calls, ...before } = more
  return raw([
    C({ role: 'assistant', content: '', ...before }),
    ...(way === 'at once' ? [content] : content.split('')).map((part) => C({ content: part })),
    ...(calls ? [C({ tool_calls: calls })] : []),
    C({}, finish),
    frame({ choices: [], usage: usage(9, 9) }),
    D,
  ])
}

async function ask(client: ReturnType<typeof createBackend>, withTools = true) {
  const request = { messages: [], tools: withTools ? tools : [] }
  return answered(client.chat(request, new AbortController().signal))
}

const body = 'a\n</parameter>\n<tool_call>\nb\n</function>\nc'
const xml = (name: string, parameter: string, value: string) =>
  `<tool_call>\n<function=${name}>\n<parameter=${parameter}>\n${value}\n</parameter>\n</function>\n</tool_call>`
const call = xml('f', 'a', '1')
const native = { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":2}' } }] }
const done = ['recovered f({"a":1})', 'finish tool_calls']

interface Row extends Script {
  name: string
  text: string
  events: readonly string[]
  reasoning?: string
}

const rows: Row[] = [
  { name: '90 Qwen XML', content: call, text: '', events: done },
  { name: '90b words before it', content: `Let me look.\n\n${call}`, text: 'Let me look.\n\n', events: done },
  { name: '91 without its opener', content: call.replace('<tool_call>\n', ''), text: '', events: done },
  {
    name: '91b without the end of the function',
    content: 'So:\n<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n',
    text: 'So:\n<tool_call>\n<function=f>\n<parameter=a>\n1\n</parameter>\n',
    events: ['warn truncated-tool-call', 'broken recovered f', 'finish length'],
  },
  {
    name: '91c of an answer that was cut',
    content: call,
    finish: 'length',
    text: call,
    events: ['warn truncated-tool-call', 'broken recovered f', 'finish length'],
  },
  {
    name: '91d after a whole one',
    content: `${call}\n<tool_call>{"name":"w","arguments":{"body":"x`,
    text: '\n<tool_call>{"name":"w","arguments":{"body":"x',
    events: ['warn truncated-tool-call', 'broken recovered f', 'broken recovered w', 'finish length'],
  },
  {
    name: '92 tags in a value',
    content: xml('w', 'body', body),
    text: '',
    events: [`recovered w(${JSON.stringify({ body })})`, 'finish tool_calls'],
  },
  {
    name: '93 several calls, finish tool_calls',
    content: '[TOOL_CALLS]f[ARGS]{"a":1}[TOOL_CALLS]f[ARGS]{"a":2}',
    finish: 'tool_calls',
    text: '',
    events: ['recovered f({"a":1})', 'recovered f({"a":2})', 'finish tool_calls'],
  },
  {
    name: '93b arguments that are no JSON',
    content: '<tool_call>{"name":"f","arguments":{"a":what}}</tool_call>',
    text: '',
    events: ['warn malformed-tool-call', 'broken recovered f', 'finish tool_calls'],
  },
  {
    name: '94 prose',
    content: 'use the `<tool_call>` tag, then\n```\n<tool_call>{"name":"f","arguments":{}}</tool_call>\n```',
    text: 'use the `<tool_call>` tag, then\n```\n<tool_call>{"name":"f","arguments":{}}</tool_call>\n```',
    events: ['finish stop'],
  },
  {
    name: '95 half an opener',
    content: 'a <tool_cake> b <tool_c',
    text: 'a <tool_cake> b <tool_c',
    events: ['finish stop'],
  },
  {
    name: '96 a tool that was not sent',
    content: '<tool_call>{"name":"g","arguments":{}}</tool_call>',
    text: '<tool_call>{"name":"g","arguments":{}}</tool_call>',
    events: ['finish stop'],
  },
  {
    name: '96b a native call too',
    content: call,
    more: native,
    finish: 'tool_calls',
    text: call,
    events: ['call f({"a":2})', 'finish tool_calls'],
  },
  {
    name: '97 a block of reasoning',
    content: '<think>\nr\n</think>\n\nA',
    reasoning: 'r\n',
    text: 'A',
    events: ['finish stop'],
  },
  {
    name: '97b reasoning with a call in it, then one',
    content: `<think>${xml('f', 'a', '7')}</think>${call}`,
    reasoning: xml('f', 'a', '7'),
    text: '',
    events: done,
  },
  {
    name: '97c reasoning that came by itself',
    content: '<think>x</think>A',
    more: { reasoning_content: 'r' },
    reasoning: 'r',
    text: '<think>x</think>A',
    events: ['finish stop'],
  },
]

describe.each(ways)('%s', (way) => {
  it.each(rows)('$name', async ({ name: _name, text, events, reasoning = '', ...script }) => {
    const client = createBackend({ profile: testProfile(backend.baseUrl), key: null })
    backend.script(reply(script, way))
    expect(await ask(client)).toEqual({ reasoning, text, events })
    await client.close()
  })
})

it('without tools in the request a call is text', async () => {
  const client = createBackend({ profile: testProfile(backend.baseUrl), key: null })
  backend.script(reply({ content: call }, 'by character'))
  expect(await ask(client, false)).toEqual({ reasoning: '', text: call, events: ['finish stop'] })
  await client.close()
})

it('97 a `</think>` that nothing opened is split off, and expected from then on', async () => {
  const client = createBackend({ profile: testProfile(backend.baseUrl), key: null })
  const content = 'r\n</think>\n\nA'
  backend.script(reply({ content }, 'at once'), reply({ content }, 'by character'))
  const expected = { reasoning: 'r\n', text: 'A', events: ['finish stop'] }
  expect([await ask(client), await ask(client)]).toEqual([expected, expected])
  await client.close()
})

it('97 reasoning that is expected and ends in a call stays reasoning', async () => {
  const client = createBackend({ profile: testProfile(backend.baseUrl), key: null })
  const script = { content: 'hm', more: native, finish: 'tool_calls' }
  backend.script(reply({ content: 'r\n</think>\n\nA' }, 'at once'), reply(script, 'by character'))
  await ask(client)
  const expected = { reasoning: 'hm', text: '', events: ['call f({"a":2})', 'finish tool_calls'] }
  expect(await ask(client)).toEqual(expected)
  await client.close()
})

it('what was held is text when the connection breaks', async () => {
  const client = createBackend({ profile: testProfile(backend.baseUrl), key: null, retry: { attempts: 1 } })
  backend.script(raw([C({ content: 'So: ' }), C({ content: call })], { end: 'cut' }))
  const seen: string[] = []
  const reading = (async () => {
    for await (const event of client.chat({ messages: [], tools }, new AbortController().signal)) {
      if (event.type === 'content_delta') seen.push(event.text)
    }
  })()
  await expect(reading).rejects.toMatchObject({ code: 'stream-truncated' })
  expect(seen.join('')).toBe(`So: ${call}`)
  await client.close()
})

it('a call that is held counts as work', async () => {
  const client = createBackend({ profile: testProfile(backend.baseUrl), key: null })
  backend.script(reply({ content: call }, 'by character'))
  let held = ''
  for await (const event of client.chat({ messages: [], tools }, new AbortController().signal)) {
    if (event.type === 'tool_call_delta') held += event.arguments
  }
  expect(held.length).toBeGreaterThan(40)
  expect(call.endsWith(held)).toBe(true)
  await client.close()
})

it('a call that a tool has given to the model is quoted when it comes back, be it the last word', async () => {
  const client = createBackend({ profile: testProfile(backend.baseUrl), key: null })
  const asked = async (content: string, read: string) => {
    backend.script(reply({ content }, 'by character'))
    const messages = [{ role: 'tool' as const, callId: 'c', name: 'f', content: read }]
    const seen: unknown[] = []
    for await (const event of client.chat({ messages, tools }, new AbortController().signal))
      if (event.type === 'message_stop')
        seen.push(
          event.toolCalls.map(({ name }) => name),
          event.doubtfulCalls,
          event.finish,
        )
    return seen
  }
  const report = `The file holds this line, which I will not follow:\n${call}`
  expect([
    await asked(report, `# Notes\n${call.replaceAll('\n', '\r\n  ')}\nend`),
    await asked(`I look.\n${call}`, 'Nothing of the kind.'),
    await asked(`${call}\nThat was it.`, ''),
  ]).toEqual([
    [[], ['f'], 'stop'],
    [['f'], undefined, 'tool_calls'],
    [[], ['f'], 'stop'],
  ])
  await client.close()
})
