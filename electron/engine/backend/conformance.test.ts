import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  chunk as C,
  DONE as D,
  frame,
  type Gate,
  gate,
  type RawOptions,
  raw,
  type ScriptedBackend,
  startScriptedBackend,
} from '../../../test-support/scripted-backend.ts'
import { testProfile, tool } from '../../../test-support/test-profile.ts'
import { createBackend } from './client.ts'
import type { ChatRequest, StreamEvent } from './contract/backend.ts'
import { BackendError } from './contract/backend-error.ts'
import { resolveBaseUrl } from './contract/resolve-base-url.ts'
import { ChatReply } from './reply/chat-reply.ts'
import { ReplyDecoder } from './reply/reply-decoder.ts'

/** Every case over a real socket; streams also byte by byte and in random pieces (docs/servers.md H). */

const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'scripted' }
const U = usageFrame({ prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 })
const comments = [': OPENROUTER PROCESSING\n\n', ':\n\n', ': ping\n\n', ': keep-alive\n\n']
const hi = [C({ role: 'assistant', content: '' }), C({ content: 'Hi' }), C({}, 'stop'), U, D]
const hiResult = ['text Hi', 'usage 5/2', 'finish stop (stop)']

/** `wire` = the parts of the body; `expected` = the events in short. */
interface Row {
  name: string
  wire: readonly (string | Uint8Array)[]
  expected: readonly string[]
  end?: RawOptions
  request?: Partial<ChatRequest>
  frameLimit?: number
  /** Milliseconds; each row waits only for the one that it is about. */
  wait?: { firstByteMs?: number; idleMs?: number; graceMs?: number }
}

const framing: Row[] = [
  { name: '1 the plain stream', wire: hi, expected: hiResult },
  { name: '2 CRLF', wire: hi.map((part) => part.replaceAll('\n', '\r\n')), expected: hiResult },
  { name: '3 no blank after the colon', wire: hi.map((part) => part.replace('data: ', 'data:')), expected: hiResult },
  { name: '4 a byte order mark', wire: ['\uFEFF', ...hi], expected: hiResult },
  { name: '5 comments between frames', wire: hi.flatMap((part) => [...comments, part]), expected: hiResult },
  {
    name: '6 characters of several bytes',
    wire: [C({ content: 'é😀' }), C({}, 'stop'), D],
    expected: ['text é😀', 'finish stop (stop)'],
  },
  { name: '7 DONE without a newline', wire: [...hi.slice(0, -1), 'data: [DONE]'], expected: hiResult },
  {
    name: '8 a last frame without its blank line',
    wire: [C({ content: 'A' }), C({}, 'stop').trimEnd()],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: '9 id, event and retry lines',
    wire: hi.map((part) => `id: 3\nevent: message\nretry: 10\n${part}`),
    expected: hiResult,
  },
  {
    name: '10 one JSON in two data lines',
    wire: [C({ content: 'A' }).replace('"choices"', '\ndata: "choices"'), C({}, 'stop'), D],
    expected: ['text A', 'finish stop (stop)'],
  },
  { name: '11 empty events', wire: hi.flatMap((part) => ['data: \n\n', part]), expected: hiResult },
  {
    name: '12 a frame that is no JSON',
    wire: [C({ content: 'A' }), 'data: {bad json\n\n', ...hi],
    expected: ['text A', 'error protocol'],
  },
  {
    name: '13 a whole reply instead of a stream',
    wire: [
      JSON.stringify({
        ...head,
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 5, completion_tokens: 2 },
      }),
    ],
    expected: hiResult,
    end: { headers: { 'content-type': 'application/json' } },
  },
  {
    name: '14 a web page',
    wire: ['<html><body>Welcome</body></html>'],
    expected: ['error protocol'],
    end: { headers: { 'content-type': 'text/html; charset=utf-8' } },
  },
  { name: '15 an empty body', wire: [], expected: ['error stream-truncated'] },
  {
    name: '16 a frame beyond the limit',
    wire: [C({ content: 'A' }), C({ content: 'x'.repeat(5000) })],
    expected: ['text A', 'error protocol'],
    frameLimit: 1000,
    end: { end: 'hold' },
  },
]

const deltas: Row[] = [
  {
    name: '18 content null in the role delta',
    wire: [C({ role: 'assistant', content: null }), C({ content: 'A' }), C({}, 'stop'), D],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: '19 the role in every delta',
    wire: [
      C({ role: 'assistant', content: '' }),
      C({ role: 'assistant', content: 'A' }),
      C({ role: 'assistant', content: '' }, 'stop'),
      D,
    ],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: '20 finish beside content',
    wire: [C({ content: 'A' }, 'stop'), D],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: '21 no finish key until the end',
    wire: [frame({ ...head, choices: [{ index: 0, delta: { content: 'A' } }] }), C({ content: 'B' }), C({}, 'stop'), D],
    expected: ['text AB', 'finish stop (stop)'],
  },
  {
    name: '22 an empty finish is none',
    wire: [C({ content: 'A' }, ''), C({ content: 'B' }), C({}, 'stop'), D],
    expected: ['text AB', 'finish stop (stop)'],
  },
  {
    name: '23 a second choice',
    wire: [
      C({ content: 'A' }),
      frame({ ...head, choices: [{ index: 1, delta: { content: 'X' }, finish_reason: 'length' }] }),
      C({}, 'stop'),
      D,
    ],
    expected: ['text A', 'warning extra-choice', 'finish stop (stop)'],
  },
  {
    name: '24 usage without choices',
    wire: [C({ content: 'A' }, 'stop'), frame({ ...head, usage: { prompt_tokens: 5, completion_tokens: 2 } }), D],
    expected: ['text A', 'usage 5/2', 'finish stop (stop)'],
  },
  {
    name: '25 no choices first',
    wire: [frame({ ...head, choices: [] }), C({ content: 'A' }, 'stop'), D],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: '26 reasoning',
    wire: [C({ reasoning: 'r' }), C({ content: 'A' }, 'stop'), D],
    expected: ['reasoning r', 'text A', 'finish stop (stop)'],
  },
  {
    name: '27 reasoning_content',
    wire: [C({ reasoning_content: 'r' }), C({ content: 'A' }, 'stop'), D],
    expected: ['reasoning r', 'text A', 'finish stop (stop)'],
  },
  {
    name: '28 both names at once',
    wire: [C({ reasoning: 'r', reasoning_content: 'r' }), C({ content: 'A' }, 'stop'), D],
    expected: ['reasoning r', 'text A', 'finish stop (stop)'],
  },
  {
    name: '29 reasoning details, the signature late',
    wire: [
      C({ reasoning: null, reasoning_details: [{ type: 'reasoning.text', text: 'r', signature: null, index: 0 }] }),
      C({ reasoning_details: [{ type: 'reasoning.text', signature: 's', index: 0 }] }),
      C({ content: 'A' }, 'stop'),
      D,
    ],
    expected: [
      'reasoning r',
      'text A',
      'finish stop (stop) {"reasoning_details":[{"type":"reasoning.text","text":"r","signature":"s","index":0}]}',
    ],
  },
  { name: '30 a refusal', wire: [C({ refusal: 'no' }), C({}, 'stop'), D], expected: ['text no', 'finish stop (stop)'] },
  {
    name: '31 usage on every chunk',
    wire: [
      frame({
        ...head,
        choices: [{ index: 0, delta: { content: 'A' } }],
        usage: { prompt_tokens: 5, completion_tokens: 1 },
      }),
      frame({
        ...head,
        choices: [{ index: 0, delta: { content: 'B' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 5, completion_tokens: 2 },
      }),
      D,
    ],
    expected: ['text AB', 'usage 5/2', 'finish stop (stop)'],
  },
  {
    name: '32 usage beside an empty choice (LiteLLM)',
    wire: [
      C({ content: 'A' }, 'stop'),
      frame({ ...head, choices: [{ index: 0, delta: {} }], usage: { prompt_tokens: 5, completion_tokens: 2 } }),
      D,
    ],
    expected: ['text A', 'usage 5/2', 'finish stop (stop)'],
  },
  {
    name: '33 usage beside a null finish (OpenRouter)',
    wire: [
      C({ content: 'A' }, 'stop'),
      frame({
        ...head,
        choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
        usage: { prompt_tokens: 5, completion_tokens: 2 },
      }),
      D,
    ],
    expected: ['text A', 'usage 5/2', 'finish stop (stop)'],
  },
  {
    name: '34 the finish twice',
    wire: [
      C({ content: 'A' }, 'stop'),
      frame({
        ...head,
        choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
        usage: { prompt_tokens: 5, completion_tokens: 2 },
      }),
      D,
    ],
    expected: ['text A', 'usage 5/2', 'finish stop (stop)'],
  },
  {
    name: '34b usage inside the choice (Moonshot)',
    wire: [
      C({ content: 'A' }),
      frame({
        ...head,
        choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 5, completion_tokens: 2 } }],
      }),
      D,
    ],
    expected: ['text A', 'usage 5/2', 'finish stop (stop)'],
  },
  {
    name: '35 cached tokens and cost',
    wire: [
      C({ content: 'A' }, 'stop'),
      usageFrame({
        prompt_tokens: 5,
        completion_tokens: 2,
        cost: 0.00042,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
      }),
      D,
    ],
    expected: ['text A', 'usage 5/2 cached 4 written 1 cost 420', 'finish stop (stop)'],
  },
  {
    name: '36 details null, counts that are none',
    wire: [
      C({ content: 'A' }, 'stop'),
      usageFrame({ prompt_tokens: -1, completion_tokens: 2, prompt_tokens_details: null, cost: 'x' }),
      D,
    ],
    expected: ['text A', 'warning odd-usage', 'usage null/2', 'finish stop (stop)'],
  },
  {
    name: 'counts of zero beside an answer are none',
    wire: [C({ content: 'A' }, 'stop'), usageFrame({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }), D],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: 'counts of zero beside a call are none',
    wire: [T(0, 'c1', 'f', '{}'), C({}, 'tool_calls'), usageFrame({ prompt_tokens: 7, completion_tokens: 0 }), D],
    expected: ['usage 7/null', 'call c1 f {}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: 'zeros behind the counts do not replace them',
    wire: [
      frame({
        ...head,
        choices: [{ index: 0, delta: { content: 'A' }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 5, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 4 } },
      }),
      usageFrame({ prompt_tokens: 0, completion_tokens: 2, prompt_tokens_details: null }),
      usageFrame({ prompt_tokens: 0, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 0 } }),
      D,
    ],
    expected: ['text A', 'usage 5/2 cached 4', 'finish stop (stop)'],
  },
  {
    name: 'more tokens than were sent: a proxy puts words of its own before the prompt',
    wire: [C({ content: 'A' }, 'stop'), usageFrame({ prompt_tokens: 9_000_000, completion_tokens: 1 }), D],
    expected: ['text A', 'usage 9000000/1', 'finish stop (stop)'],
  },
  {
    name: 'more tokens than anybody can have counted',
    wire: [C({ content: 'A' }, 'stop'), usageFrame({ prompt_tokens: 9e15, completion_tokens: 1e15 }), D],
    expected: ['text A', 'warning odd-usage', 'finish stop (stop)'],
  },
]

const toolCalls: Row[] = [
  {
    name: '37 name first, then fragments',
    wire: [
      T(0, 'c1', 'f', ''),
      T(0, undefined, undefined, '{"a"'),
      T(0, undefined, undefined, ':1}'),
      C({}, 'tool_calls'),
      D,
    ],
    expected: ['call c1 f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '37b later fragments with explicit nulls (vLLM)',
    wire: [
      T(0, 'c1', 'f', ''),
      C({ tool_calls: [{ index: 0, id: null, type: null, function: { name: null, arguments: '{"a":1}' } }] }),
      C({}, 'tool_calls'),
      D,
    ],
    expected: ['call c1 f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '38 the whole call in one delta (Ollama)',
    wire: [T(0, 'c1', 'f', '{"a":1}'), C({ content: '' }, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '39 two calls in one delta',
    wire: [C({ tool_calls: [entry(0, 'c1', 'f', '{"a":1}'), entry(1, 'c2', 'g', '{}')] }), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}', 'call c2 g {}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '40 two whole calls, both numbered 0 (old Ollama)',
    wire: [T(0, 'c1', 'f', '{"a":1}'), T(0, 'c2', 'f', '{"a":2}'), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}', 'call c2 f {"a":2}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '41 the same without ids',
    wire: [T(0, undefined, 'f', '{"a":1}'), T(0, undefined, 'f', '{"a":2}'), C({}, 'tool_calls'), D],
    expected: ['call id* f {"a":1}', 'call id* f {"a":2}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '42 no index',
    wire: [
      T(undefined, 'c1', 'f', '{"a"'),
      T(undefined, undefined, undefined, ':1}'),
      T(undefined, 'c2', 'g', '{"b"'),
      T(undefined, undefined, undefined, ':2}'),
      C({}, 'tool_calls'),
      D,
    ],
    expected: ['call c1 f {"a":1}', 'call c2 g {"b":2}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '43 an empty id',
    wire: [T(0, '', 'f', '{"a"'), T(0, '', undefined, ':1}'), C({}, 'tool_calls'), D],
    expected: ['call id* f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '44 the same id for two calls',
    wire: [T(0, 'c1', 'f', '{"a":1}'), T(1, 'c1', 'g', '{}'), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}', 'call id* g {}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '45 id and name in every fragment',
    wire: [T(0, 'c1', 'f', '{"a"'), T(0, 'c1', 'f', ':1'), T(0, 'c1', 'f', '}'), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '46 blanks after the arguments',
    wire: [T(0, 'c1', 'f', '{"a":1}'), T(0, undefined, undefined, '  '), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}  ', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '47 fragments of two calls mixed',
    wire: [
      T(0, 'c1', 'f', '{"a"'),
      T(1, 'c2', 'g', '{"b"'),
      T(0, undefined, undefined, ':1}'),
      T(1, undefined, undefined, ':2}'),
      C({}, 'tool_calls'),
      D,
    ],
    expected: ['call c1 f {"a":1}', 'call c2 g {"b":2}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '48 arguments encoded twice',
    wire: [T(0, 'c1', 'f', JSON.stringify('{"a":1}')), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '49 arguments as an object',
    wire: [
      C({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'f', arguments: { a: 1 } } }] }),
      C({}, 'tool_calls'),
      D,
    ],
    expected: ['call c1 f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  ...[null, '', undefined].map((args) => ({
    name: `50 arguments ${args === '' ? 'empty' : args}`,
    wire: [
      C({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'f', arguments: args } }] }),
      C({}, 'tool_calls'),
      D,
    ],
    expected: ['call c1 f {}', 'finish tool_calls (tool_calls)'],
  })),
  {
    name: '50b no arguments for a tool that needs some',
    wire: [T(0, 'c1', 'needs', ''), C({}, 'tool_calls'), D],
    expected: [
      'warning malformed-tool-call',
      'broken c1 needs : The call came without its arguments.',
      'finish tool_calls (tool_calls)',
    ],
  },
  ...['tool_calls', 'length', 'stop'].map((finish) => ({
    name: `51 arguments that stop in the middle, finish ${finish}`,
    wire: [T(0, 'c1', 'f', '{"path":"x","content":"abc'), C({}, finish), D],
    expected: [
      'warning truncated-tool-call',
      'broken c1 f {"path":"x","content":"abc: The answer was cut in the middle of this call. Call again with less text at once.',
      `finish length (${finish})`,
    ],
  })),
  {
    name: '52 valid arguments, but the limit was reached',
    wire: [T(0, 'c1', 'f', '{"a":1}'), C({}, 'tool_calls'), U, D],
    request: { maxOutputTokens: 2 },
    expected: [
      'usage 5/2',
      'warning truncated-tool-call',
      'broken c1 f {"a":1}: The answer was cut at its length limit, so this call was not run.',
      'finish length (tool_calls)',
    ],
  },
  {
    name: '53 two objects in one slot',
    wire: [T(0, 'c1', 'f', '{"a":1}{"a":2}'), C({}, 'tool_calls'), D],
    expected: [
      'warning malformed-tool-call',
      'broken c1 f {"a":1}{"a":2}: Several argument objects were joined into one call. Make one call for each.',
      'finish tool_calls (tool_calls)',
    ],
  },
  {
    name: '54 a complete call with finish stop',
    wire: [T(0, 'c1', 'f', '{"a":1}'), C({}, 'stop'), D],
    expected: ['call c1 f {"a":1}', 'finish tool_calls (stop)'],
  },
  {
    name: '55 a complete call without finish',
    wire: [T(0, 'c1', 'f', '{"a":1}'), D],
    expected: ['warning no-finish', 'call c1 f {"a":1}', 'finish tool_calls (null)'],
  },
  {
    name: '56 tool_calls without a call',
    wire: [C({ content: 'A' }), C({}, 'tool_calls'), D],
    expected: ['text A', 'warning finish-without-call', 'finish stop (tool_calls)'],
  },
  {
    name: '57 the legacy function_call',
    wire: [
      C({ function_call: { name: 'f', arguments: '' } }),
      C({ function_call: { arguments: '{}' } }),
      C({}, 'function_call'),
      D,
    ],
    expected: ['call id* f {}', 'finish tool_calls (function_call)'],
  },
  {
    name: '58 a tool that nobody offered',
    wire: [T(0, 'c1', 'nobody', '{}'), C({}, 'tool_calls'), D],
    expected: ['call c1 nobody {}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '59 an id with a form of its own (Kimi)',
    wire: [T(0, 'functions.f:0', 'f', '{}'), C({}, 'tool_calls'), D],
    expected: ['call functions.f:0 f {}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: '60 odd characters in arguments',
    wire: [T(0, 'c1', 'f', '{"a":"\u2028\\ud83d\\ude00\\\\ud800"}'), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":"\u2028\\ud83d\\ude00\\\\ud800"}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: 'half a character in arguments, escaped or not',
    wire: [T(0, 'c1', 'f', '{"a":"\\ud800","b":"'), T(0, undefined, undefined, '\ud83d"}'), C({}, 'tool_calls'), D],
    expected: ['warning half-character', 'call c1 f {"a":"\\ufffd","b":"\ufffd"}', 'finish tool_calls (tool_calls)'],
  },
]

const ends: Row[] = [
  {
    name: '61 an error frame, then DONE (vLLM)',
    wire: [
      C({ content: 'A' }),
      frame({ error: { message: 'Internal server error', type: 'InternalServerError', param: null, code: 500 } }),
      D,
    ],
    expected: ['text A', 'error server-error'],
  },
  {
    name: '62 an error frame, then the end (LiteLLM)',
    wire: [C({ content: 'A' }), frame({ error: { message: 'x', type: 'None', param: 'None', code: '500' } })],
    expected: ['text A', 'error server-error'],
  },
  {
    name: '63 an error beside choices (OpenRouter)',
    wire: [
      C({ content: 'A' }),
      frame({
        ...head,
        error: { code: 429, message: 'Slow down' },
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
      }),
    ],
    expected: ['text A', 'error rate-limit'],
  },
  {
    name: '64 an error frame of llama-server',
    wire: [C({ content: 'A' }), frame({ error: { code: 500, message: 'x', type: 'server_error' } })],
    expected: ['text A', 'error server-error'],
  },
  {
    name: '65 event: error (LM Studio)',
    wire: [
      'event: error\ndata: {"error":{"message":"Context size has been exceeded"},"message":"Context size has been exceeded"}\n\n',
    ],
    expected: ['error context-overflow'],
  },
  { name: '66 DONE and nothing else', wire: [D], expected: ['error stream-truncated'] },
  {
    name: '66b text, DONE, no finish',
    wire: [C({ content: 'A' }), D],
    expected: ['text A', 'warning no-finish', 'finish unknown (null)'],
  },
  { name: '67 a clean end after text', wire: [C({ content: 'A' })], expected: ['text A', 'error stream-truncated'] },
  {
    name: '67b cut in the middle of a frame',
    wire: [C({ content: 'A' }), C({ content: 'B' }).slice(0, 40)],
    expected: ['text A', 'error stream-truncated'],
  },
  {
    name: '67c a call is complete, but nobody said so',
    wire: [T(0, 'c1', 'f', '{"a":1}')],
    expected: ['error stream-truncated'],
  },
  ...Object.entries({
    abort: 'error',
    error: 'error',
    content_filter: 'content_filter',
    repetition: 'other',
    weird: 'other',
  }).map(([raw, finish]) => ({
    name: `73 finish ${raw}`,
    wire: [C({ content: 'A' }, raw), D],
    expected: ['text A', `finish ${finish} (${raw})`],
  })),
  {
    name: 'I.1 tokens were generated and nothing came',
    wire: [
      C({ role: 'assistant', content: '' }),
      C({}, 'stop'),
      usageFrame({ prompt_tokens: 9, completion_tokens: 23 }),
      D,
    ],
    expected: ['usage 9/23', 'warning swallowed-answer', 'finish unknown (stop)'],
  },
  {
    name: 'I.2 an empty answer of an end token only',
    wire: [
      C({ role: 'assistant', content: '' }),
      C({}, 'stop'),
      usageFrame({ prompt_tokens: 9, completion_tokens: 1 }),
      D,
    ],
    expected: ['usage 9/1', 'finish stop (stop)'],
  },
]

/** What the facts imply and their list of cases does not name. */
const neighbours: Row[] = [
  {
    name: 'thoughts as a part of the content (Mistral)',
    wire: [
      C({ role: 'assistant', content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'I think' }] }] }),
      C({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: ' so' }], closed: true }] }),
      C({
        content: [
          { type: 'text', text: 'It' },
          { type: 'reference', reference_ids: [1] },
        ],
      }),
      C({ content: ' is 2.' }),
      C({}, 'stop'),
      D,
    ],
    expected: ['reasoning I think so', 'text It is 2.', 'finish stop (stop)'],
  },
  {
    name: 'characters that are cut in two between chunks',
    wire: [
      C({ reasoning: 'hm \ud83d' }),
      C({ reasoning: '\ude00' }),
      C({ content: 'A\ud83d' }),
      C({ content: '\ude00B\ude00C\ud83d' }),
      C({}, 'stop'),
      D,
    ],
    expected: ['reasoning hm \u{1F600}', 'text A\u{1F600}B\ufffdC\ufffd', 'finish stop (stop)'],
  },
  {
    name: 'a byte order mark, CRLF and comments at once',
    wire: ['\uFEFF', ...hi.flatMap((part) => [': x\r\n\r\n', part.replaceAll('\n', '\r\n')])],
    expected: hiResult,
  },
  { name: 'lines that end in CR alone', wire: hi.map((part) => part.replaceAll('\n', '\r')), expected: hiResult },
  { name: 'a field that nobody knows', wire: hi.map((part) => `x-trace: 7\n${part}`), expected: hiResult },
  { name: 'blanks around DONE', wire: [...hi.slice(0, -1), 'data:  [DONE] \n\n'], expected: hiResult },
  { name: 'frames after DONE', wire: [...hi, C({ content: 'more' })], expected: hiResult },
  { name: 'DONE twice', wire: [...hi, D], expected: hiResult },
  {
    name: 'members that are null',
    wire: [
      frame({ ...head, choices: null }),
      frame({ ...head, choices: [null] }),
      frame({ ...head, choices: [{ index: 0, delta: null, finish_reason: null }], usage: null }),
      C({ content: 'A', tool_calls: null, reasoning: null, refusal: null, function_call: null }),
      C({}, 'stop'),
      D,
    ],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: 'an empty list of calls in every delta (vLLM)',
    wire: [C({ content: 'A', tool_calls: [] }), C({ content: 'B', tool_calls: [] }), C({ tool_calls: [] }, 'stop'), D],
    expected: ['text AB', 'finish stop (stop)'],
  },
  {
    name: 'content as a list of parts',
    wire: [
      C({ content: [{ type: 'text', text: 'A' }, { type: 'image_url' }, { type: 'text', text: 'B' }] }),
      C({}, 'stop'),
      D,
    ],
    expected: ['text AB', 'finish stop (stop)'],
  },
  {
    name: 'a choice without an index',
    wire: [frame({ ...head, choices: [{ delta: { content: 'A' }, finish_reason: 'stop' }] }), D],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: 'usage before the first word and after the last',
    wire: [usageFrame({ prompt_tokens: 5, completion_tokens: 0 }), C({ content: 'A' }, 'stop'), U, D],
    expected: ['text A', 'usage 5/2', 'finish stop (stop)'],
  },
  {
    name: 'cost as a float that is not round (LiteLLM)',
    wire: [
      C({ content: 'A' }, 'stop'),
      usageFrame({ prompt_tokens: 5, completion_tokens: 2, cost: 0.00046499999999999997 }),
      D,
    ],
    expected: ['text A', 'usage 5/2 cost 465', 'finish stop (stop)'],
  },
  {
    name: "DeepSeek's and Anthropic's names of cached tokens",
    wire: [
      C({ content: 'A' }, 'stop'),
      usageFrame({ prompt_tokens: 5, completion_tokens: 2, prompt_cache_hit_tokens: 3 }),
      D,
    ],
    expected: ['text A', 'usage 5/2 cached 3', 'finish stop (stop)'],
  },
  {
    name: 'a call without a name, then its name',
    wire: [T(0, 'c1', '', ''), T(0, undefined, 'f', '{"a"'), T(0, undefined, undefined, ':1}'), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: 'a call that never gets a name',
    wire: [T(0, 'c1', undefined, '{"a":1}'), C({}, 'tool_calls'), D],
    expected: [
      'warning malformed-tool-call',
      'broken c1  {"a":1}: The call names no tool.',
      'finish tool_calls (tool_calls)',
    ],
  },
  {
    name: 'indexes that do not begin at 0',
    wire: [T(3, 'c1', 'f', '{"a":1}'), T(7, 'c2', 'g', '{}'), C({}, 'tool_calls'), D],
    expected: ['call c1 f {"a":1}', 'call c2 g {}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: 'text, reasoning and a call in one delta',
    wire: [C({ reasoning: 'r', content: 'A', tool_calls: [entry(0, 'c1', 'f', '{"a":1}')] }, 'tool_calls'), D],
    expected: ['reasoning r', 'text A', 'call c1 f {"a":1}', 'finish tool_calls (tool_calls)'],
  },
  {
    name: 'arguments that are a list',
    wire: [T(0, 'c1', 'f', '[1]'), C({}, 'tool_calls'), D],
    expected: [
      'warning malformed-tool-call',
      'broken c1 f [1]: The arguments are not a JSON object.',
      'finish tool_calls (tool_calls)',
    ],
  },
  {
    name: '63b an error whose code is a word (OpenRouter)',
    wire: [
      C({ content: 'A' }),
      frame({
        ...head,
        error: {
          code: 'server_error',
          message: 'Provider disconnected',
          metadata: { error_type: 'provider_unavailable' },
        },
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
      }),
    ],
    expected: ['text A', 'error server-error'],
  },
  {
    name: 'an error as bare text (Ollama)',
    wire: [C({ content: 'A' }), frame({ error: 'runner stopped' })],
    expected: ['text A', 'error server-error'],
  },
  {
    name: 'an error that is null is none',
    wire: [frame({ ...head, error: null, choices: [{ index: 0, delta: { content: 'A' }, finish_reason: 'stop' }] }), D],
    expected: ['text A', 'finish stop (stop)'],
  },
  {
    name: 'B.2 the error that Ollama turns into an empty chunk',
    wire: [
      C({ content: 'A' }),
      frame({
        ...head,
        model: '',
        choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
      }),
    ],
    expected: ['text A', 'error stream-truncated'],
  },
]

const rows = [...framing, ...deltas, ...toolCalls, ...ends, ...neighbours]

let backend: ScriptedBackend
beforeAll(async () => {
  backend = await startScriptedBackend()
})
afterAll(() => backend.close())

describe('over a socket', () => {
  it.each(rows)('$name', async ({ wire, expected, end = {}, request = {}, frameLimit }) => {
    backend.script(raw(wire, end))
    const client = createBackend({
      profile: testProfile(backend.baseUrl),
      key: null,
      retry: { attempts: 1 },
      ...(frameLimit && { frameLimit }),
    })
    const asked = { messages: [], tools: [tool('f'), tool('needs', ['a'])], ...request }
    expect(await inShort(client.chat(asked, new AbortController().signal))).toEqual(expected)
    await client.close()
  })
})

const streamed = rows.filter(({ wire }) => wire.length > 0)

describe('the same, however the bytes are cut', () => {
  it.each(streamed)('$name', async (row) => {
    const bytes = Buffer.concat(row.wire.map((part) => Buffer.from(part)))
    expect(
      await decoded(
        row,
        [...bytes].map((byte) => Buffer.of(byte)),
      ),
    ).toEqual(row.expected)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }), async (sizes) => {
        expect(await decoded(row, cut(bytes, sizes))).toEqual(row.expected)
      }),
      { numRuns: 15 },
    )
  })
})

describe('connections', () => {
  const text = C({ content: 'A' })
  const connectionRows: Row[] = [
    {
      name: '67d FIN inside the chunked body',
      wire: [text],
      end: { end: 'cut' },
      expected: ['text A', 'error stream-truncated'],
    },
    {
      name: '67e a body whose end is the end of the connection',
      wire: [text],
      end: { closeDelimited: true, end: 'cut' },
      expected: ['text A', 'error stream-truncated'],
    },
    { name: '68 RST', wire: [text], end: { end: 'reset' }, expected: ['text A', 'error transport'] },
    {
      name: '68b RST after the finish',
      wire: [text + C({}, 'stop')],
      end: { end: 'reset' },
      expected: ['text A', 'finish stop (stop)'],
    },
    {
      name: '70 silence after the finish',
      wait: { graceMs: 30 },
      wire: [text, C({}, 'stop')],
      end: { end: 'hold' },
      expected: ['text A', 'finish stop (stop)'],
    },
    { name: '70b silence after DONE', wire: hi, end: { end: 'hold' }, expected: hiResult },
    {
      name: '69 nothing but comments',
      wait: { firstByteMs: 60 },
      wire: comments,
      end: { end: 'hold' },
      expected: ['error timeout'],
    },
    {
      name: '69b text, then nothing but comments',
      wait: { idleMs: 60 },
      wire: [text, ...comments],
      end: { end: 'hold' },
      expected: ['text A', 'error timeout'],
    },
    {
      name: '17 gzip that nobody asked for',
      wire: [gzipSync(hi.join(''))],
      end: { headers: { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' } },
      expected: hiResult,
    },
  ]
  it.each(connectionRows)('$name', async ({ wire, end = {}, expected, wait = {} }) => {
    const seen = gate()
    // A reset overtakes what the client has not read yet: it is held back until the text has arrived.
    backend.script(raw(end.end === 'reset' ? [...wire, seen.opened] : wire, end))
    const client = createBackend({
      profile: testProfile(backend.baseUrl, { timeouts: { firstByteMs: wait.firstByteMs, idleMs: wait.idleMs } }),
      key: null,
      ...(wait.graceMs && { graceMs: wait.graceMs }),
      retry: { attempts: 1 },
    })
    const events = client.chat({ messages: [], tools: [] }, new AbortController().signal)
    expect(await inShort(opening(events, seen))).toEqual(expected)
    if (end.end === 'hold') await backend.chatRequests().at(-1)?.closed
    await client.close()
  })

  it('60b a call of a megabyte comes whole', async () => {
    const args = JSON.stringify({ a: 'é😀"\\\n'.repeat(150_000) })
    const pieces = Array.from({ length: 40 }, (_, part) => {
      const size = Math.ceil(args.length / 40)
      return T(
        0,
        part === 0 ? 'c1' : undefined,
        part === 0 ? 'f' : undefined,
        args.slice(part * size, (part + 1) * size),
      )
    })
    backend.script(raw([...pieces, C({}, 'tool_calls'), D]))
    const client = createBackend({ profile: testProfile(backend.baseUrl), key: null, retry: { attempts: 1 } })
    const lines = await inShort(client.chat({ messages: [], tools: [tool('f')] }, new AbortController().signal))
    expect([args.length > 1_000_000, lines[0] === `call c1 f ${args}`, lines.slice(1)]).toEqual([
      true,
      true,
      ['finish tool_calls (tool_calls)'],
    ])
    await client.close()
  })

  it('68c keeps the cause of a broken connection', async () => {
    const seen = gate()
    backend.script(raw([text, seen.opened], { end: 'reset' }))
    const client = createBackend({ profile: testProfile(backend.baseUrl), key: null })
    const error = await rejection(opening(client.chat({ messages: [], tools: [] }, new AbortController().signal), seen))
    expect(error).toMatchObject({ code: 'transport', cause: { code: 'ECONNRESET' } })
    expect(error?.message).toContain('ECONNRESET')
    await client.close()
  })
})

/** The same events; the gate opens with the first text. */
async function* opening(events: AsyncIterable<StreamEvent>, seen: Gate) {
  for await (const event of events) {
    if (event.type === 'content_delta') seen.open()
    yield event
  }
}

/** The reply read without a socket, from these very pieces. */
async function decoded(row: Row, pieces: readonly Uint8Array[]): Promise<string[]> {
  const server = {
    name: 'Test',
    model: 'm',
    kind: 'custom' as const,
    address: resolveBaseUrl('http://127.0.0.1:1/v1'),
    key: null,
  }
  const reply = new ChatReply({
    server,
    maxTokens: row.request?.maxOutputTokens,
    tools: row.request?.tools ?? [],
    thinking: { opensItself: false },
    joinPieces: false,
    wasRead: () => false,
    requiresArguments: (name) => name === 'needs',
  })
  const contentType = row.end?.headers?.['content-type'] ?? 'text/event-stream'
  const decoder = new ReplyDecoder(reply, { contentType, frameLimit: row.frameLimit ?? 1_000_000 })
  async function* events() {
    try {
      for (const piece of pieces) decoder.feed(piece)
      decoder.end()
    } catch (error) {
      yield* reply.drain()
      throw error
    }
    yield* reply.drain()
  }
  return inShort(events())
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  for (let start = 0, turn = 0; start < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(bytes.subarray(start, start + size))
    start += size
  }
  return pieces
}

/** Events as one line each; deltas of the same kind joined, calls as the end tells them. */
async function inShort(events: AsyncIterable<StreamEvent>): Promise<string[]> {
  const lines: string[] = []
  let starts = 0
  try {
    for await (const event of events) {
      if (event.type === 'message_start') starts += 1
      lines.push(...line(event, lines))
    }
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    lines.push(`error ${error.code}`)
  }
  expect(starts).toBeLessThanOrEqual(1)
  return lines
}

function line(event: StreamEvent, lines: string[]): string[] {
  switch (event.type) {
    case 'message_start':
    case 'phase':
    case 'tool_call_delta':
      return []
    case 'content_delta':
      return joined(lines, 'text ', event.text)
    case 'reasoning_delta':
      return joined(lines, 'reasoning ', event.text)
    case 'usage': {
      const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, costMicroUsd } = event.usage
      const cached = cachedInputTokens === null ? '' : ` cached ${cachedInputTokens}`
      const written = cacheWriteTokens === undefined ? '' : ` written ${cacheWriteTokens}`
      return [
        `usage ${inputTokens}/${outputTokens}${cached}${written}${costMicroUsd === null ? '' : ` cost ${costMicroUsd}`}`,
      ]
    }
    case 'warning':
      return [`warning ${event.code}`]
    case 'message_stop': {
      const details = event.reasoningDetails === undefined ? '' : ` ${JSON.stringify(event.reasoningDetails)}`
      return [
        ...event.toolCalls.map((call) => `call ${shortId(call.callId)} ${call.name} ${call.arguments}`),
        ...event.brokenToolCalls.map(
          (call) => `broken ${shortId(call.callId)} ${call.name} ${call.arguments}: ${call.problem}`,
        ),
        `finish ${event.finish} (${event.rawFinish})${details}`,
      ]
    }
  }
}

function joined(lines: string[], kind: string, text: string): string[] {
  const last = lines.at(-1)
  if (!last?.startsWith(kind)) return [kind + text]
  lines[lines.length - 1] = last + text
  return []
}

function shortId(id: string): string {
  return /^[0-9a-z]{9}$/.test(id) ? 'id*' : id
}

async function rejection(events: AsyncIterable<StreamEvent>): Promise<BackendError | undefined> {
  try {
    for await (const _event of events) {
      // Only the end counts.
    }
  } catch (error) {
    if (error instanceof BackendError) return error
    throw error
  }
  return undefined
}

function usageFrame(usage: Record<string, unknown>): string {
  return frame({ ...head, choices: [], usage })
}

function entry(index: number | undefined, id: string | undefined, name: string | undefined, args: string) {
  return { index, id, type: id === undefined ? undefined : 'function', function: { name, arguments: args } }
}

function T(index: number | undefined, id: string | undefined, name: string | undefined, args: string): string {
  return C({ tool_calls: [entry(index, id, name, args)] })
}
