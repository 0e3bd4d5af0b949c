import { afterAll, beforeAll, expect, it } from 'vitest'
import { raw, type ScriptedBackend, startScriptedBackend } from '../../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../../test-support/test-profile.ts'
import { createBackend } from '../client.ts'
import { BackendError } from '../contract/backend-error.ts'
import { resolveBaseUrl } from '../contract/resolve-base-url.ts'
import type { Server } from '../contract/server.ts'
import { classifyError } from './classify-error.ts'
import { readErrorBody } from './server-error.ts'

const server: Server = {
  name: 'Test',
  model: 'm',
  kind: 'custom',
  address: resolveBaseUrl('http://127.0.0.1:8000/v1'),
  key: 'my-own-secret',
}

let backend: ScriptedBackend
beforeAll(async () => {
  backend = await startScriptedBackend()
})
afterAll(() => backend.close())

/** What becomes of an answer over a real socket: an HTTP error, or with status null a frame of a stream. */
async function classified(status: number | null, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const refusal = status === null ? raw([`data: ${text}\n\n`]) : raw([text], { status, headers: typeOf(text) })
  backend.script(refusal)
  const profile = testProfile(backend.baseUrl)
  const client = createBackend({ profile, key: 'my-own-secret', retry: { attempts: 1 } })
  try {
    for await (const event of client.chat({ messages: [], tools: [] }, AbortSignal.timeout(5000)))
      expect(event.type).not.toBe('message_stop')
  } catch (error) {
    if (!(error instanceof BackendError)) throw error
    const { code, details = {} } = error.failure
    const { serverMessage: _words, status: _status, ...numbers } = details
    return Object.keys(numbers).length > 0 ? [code, numbers] : [code]
  } finally {
    await client.close()
  }
  return ['an answer']
}

const typeOf = (text: string) => ({
  'content-type': text.startsWith('<')
    ? 'text/html'
    : text.startsWith('data:')
      ? 'text/event-stream'
      : 'application/json',
})

const openAi = (message: string, type = 'BadRequestError', code: unknown = 400) => ({
  error: { message, type, param: null, code },
})

it.each<[string, number | null, unknown, unknown[]]>([
  [
    'a proxy that takes no request so large',
    413,
    '<html><title>413 Request Entity Too Large</title></html>',
    ['context-overflow'],
  ],
  ['74 vLLM, wrong key', 401, { error: 'Unauthorized' }, ['auth']],
  ['74 Ollama cloud', 401, { error: 'unauthorized', signin_url: 'https://x' }, ['auth']],
  [
    '74 LiteLLM',
    401,
    openAi(
      'Authentication Error, Invalid proxy server token passed. Received API Key = sk-...abcd',
      'token_not_found_in_db',
      '401',
    ),
    ['auth'],
  ],
  ['74 LiteLLM without a database', 400, openAi('No connected db.', 'no_db_connection', '400'), ['auth']],
  ['74 LiteLLM, expired', 400, openAi('Authentication Error - Expired Key.', 'expired_key', '400'), ['auth']],
  ['74 llama-server', 401, openAi('Invalid API Key', 'authentication_error', 401), ['auth']],
  ['75 vLLM', 404, openAi('The model `nope` does not exist.', 'NotFoundError', 404), ['unknown-model']],
  ['75 Ollama', 404, { error: "model 'x' not found" }, ['unknown-model']],
  [
    '75 Ollama, older',
    404,
    openAi('model "x" not found, try pulling it first', 'not_found_error', null),
    ['unknown-model'],
  ],
  [
    '75 LiteLLM',
    400,
    openAi(
      '/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models for your key.',
      'None',
      '400',
    ),
    ['unknown-model'],
  ],
  [
    '75 OpenRouter',
    400,
    { error: { code: 400, message: 'x is not a valid model ID' }, user_id: 'u' },
    ['unknown-model'],
  ],
  [
    '76 vLLM before 0.10, flat',
    400,
    {
      object: 'error',
      message:
        "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens (112946 in the messages, 10000 in the completion). Please reduce the length of the messages or completion.",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    ['context-overflow', { contextWindow: 16384, promptTokens: 112946, requestedTokens: 10000 }],
  ],
  [
    '77 vLLM 0.16',
    400,
    openAi(
      "You passed 1015 input tokens and requested 10 output tokens. However, the model's context length is only 1024 tokens, resulting in a maximum input length of 1014 tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=1015)",
    ),
    ['context-overflow', { contextWindow: 1024, promptTokens: 1015, requestedTokens: 10 }],
  ],
  [
    '77 vLLM newer: the prompt is a lower bound and is left out',
    400,
    openAi(
      "This model's maximum context length is 262144 tokens. However, you requested 32000 output tokens and your prompt contains at least 230145 input tokens, for a total of at least 262145 tokens. Please reduce the length of the input prompt or the number of requested output tokens. (parameter=input_tokens, value=230145)",
    ),
    ['context-overflow', { contextWindow: 262144, requestedTokens: 32000 }],
  ],
  [
    'vLLM asked for no limit (seen on 0.20.2)',
    400,
    openAi(
      "This model's maximum context length is 8192 tokens. However, you requested 0 output tokens and your prompt contains at least 8193 input tokens, for a total of at least 8193 tokens. Please reduce the length of the input prompt or the number of requested output tokens. (parameter=input_tokens, value=8193)",
    ),
    ['context-overflow', { contextWindow: 8192 }],
  ],
  [
    '78 llama-server',
    400,
    {
      error: {
        code: 400,
        message: 'request (9011 tokens) exceeds the available context size (8192 tokens), try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 9011,
        n_ctx: 8192,
      },
    },
    ['context-overflow', { contextWindow: 8192, promptTokens: 9011 }],
  ],
  [
    '79 LiteLLM over llama-server',
    400,
    openAi(
      'litellm.ContextWindowExceededError: litellm.BadRequestError: request (9011 tokens) exceeds the available context size (8192 tokens), try increasing it. Received Model Group=small',
      'None',
      '400',
    ),
    ['context-overflow', { contextWindow: 8192, promptTokens: 9011 }],
  ],
  [
    '80 OpenRouter',
    400,
    {
      error: {
        code: 400,
        message:
          "This endpoint's maximum context length is 131072 tokens. However, you requested about 141607 tokens (10535 of text input, 131072 in the output). Please reduce the length of either one.",
      },
    },
    ['context-overflow', { contextWindow: 131072, promptTokens: 10535, requestedTokens: 131072 }],
  ],
  ['80 LM Studio, in band', null, { error: { message: 'Context size has been exceeded' } }, ['context-overflow']],
  [
    '80 llama-server as text inside another message',
    500,
    {
      error:
        'llama runner: {"error":{"code":400,"message":"request (50 tokens) exceeds the available context size (40 tokens)","type":"exceed_context_size_error","n_prompt_tokens":50,"n_ctx":40}}',
    },
    ['context-overflow', { contextWindow: 40, promptTokens: 50 }],
  ],
  [
    '80 not an overflow but the limit of a key',
    403,
    openAi('Prompt tokens limit exceeded: 230799 > 91442. To increase, visit https://x/settings/keys'),
    ['credits'],
  ],
  [
    '80 OpenRouter, few credits',
    402,
    {
      error: {
        code: 402,
        message:
          'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 30104. To increase, visit …',
      },
    },
    ['credits', { affordableTokens: 30104 }],
  ],
  [
    '81 vLLM without the flags',
    400,
    openAi('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
    ['tools-unsupported'],
  ],
  [
    '81 llama-server without jinja',
    500,
    openAi('tools param requires --jinja flag', 'server_error', 500),
    ['tools-unsupported'],
  ],
  [
    '82 Ollama',
    400,
    openAi('registry.ollama.ai/library/x:latest does not support tools', 'api_error', null),
    ['tools-unsupported'],
  ],
  ['83 rate limit', 429, openAi('Rate limit', 'rate_limit_error', '429'), ['rate-limit']],
  [
    '83 the budget of a LiteLLM key',
    429,
    openAi('Budget has been exceeded! Current cost: 1.0, Max budget: 0.5', 'budget_exceeded', '429'),
    ['credits'],
  ],
  [
    '84 Ollama, busy',
    503,
    { error: 'server busy, please try again.  maximum pending requests exceeded' },
    ['overloaded'],
  ],
  ['84 a proxy', 502, '<html><head><title>502 Bad Gateway</title></head></html>', ['server-error']],
  ['84 OpenRouter', 529, { error: { code: 529, message: 'Overloaded' } }, ['overloaded']],
  ['84 edge timeout', 524, '', ['server-error']],
  [
    '85 LiteLLM, error as an event stream',
    400,
    'data: {"error": {"message": "Invalid model name passed in model=x", "code": "400"}}\n\n',
    ['unknown-model'],
  ],
  ['85 FastAPI', 422, { detail: [{ loc: ['body'], msg: 'Field required' }] }, ['invalid-request']],
  [
    '85 broken arguments in the history (llama-server)',
    500,
    openAi('Failed to parse tool call arguments as JSON: [json.exception]', 'server_error', 500),
    ['invalid-request'],
  ],
  [
    '85 upstream gone (LiteLLM)',
    500,
    openAi(
      'litellm.InternalServerError: InternalServerError: OpenAIException - Connection error.. No fallback was attempted.',
      'None',
      '500',
    ),
    ['server-error'],
  ],
  [
    '85 max_tokens above the window (vLLM)',
    400,
    {
      error: {
        message:
          'max_tokens=50000 cannot be greater than max_model_len=max_total_tokens=8192. Please request fewer output tokens.',
        type: 'BadRequestError',
        param: 'max_tokens',
        code: 400,
      },
    },
    ['context-overflow', { contextWindow: 8192, requestedTokens: 50000, parameter: 'max_tokens' }],
  ],
  ['74 OpenRouter', 401, { error: { code: 401, message: 'User not found.' } }, ['auth']],
  [
    '74 a key without access to the model (LiteLLM)',
    403,
    openAi('key not allowed to access model', 'key_model_access_denied', '403'),
    ['auth'],
  ],
  [
    '75 OpenRouter, nobody serves it',
    404,
    { error: { code: 404, message: 'No endpoints found for x.' } },
    ['unknown-model'],
  ],
  [
    '75 LiteLLM, nothing behind the name',
    400,
    openAi('no healthy deployments for this model', 'None', '400'),
    ['unknown-model'],
  ],
  [
    '80 Ollama with shifting off',
    400,
    openAi(
      'the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the context length in settings, or use a model with a longer context length',
      'invalid_request_error',
      null,
    ),
    ['context-overflow'],
  ],
  [
    '80 LM Studio',
    400,
    {
      error:
        'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.',
    },
    ['context-overflow', { contextWindow: 4096 }],
  ],
  [
    '80 Anthropic behind a proxy',
    400,
    openAi('prompt is too long: 210000 tokens > 200000 maximum'),
    ['context-overflow', { contextWindow: 200000, promptTokens: 210000 }],
  ],
  [
    '80 by its type alone (OpenRouter)',
    400,
    { error: { code: 400, message: 'Provider returned error', metadata: { error_type: 'context_length_exceeded' } } },
    ['context-overflow'],
  ],
  [
    '83 a rate limit in the words of its type',
    400,
    { error: { code: 400, message: 'Slow down', metadata: { error_type: 'rate_limit_exceeded' } } },
    ['rate-limit'],
  ],
  ['84 a dead engine (vLLM)', 503, '', ['overloaded']],
  ['84 Ollama gave up', 499, { error: 'request canceled' }, ['server-error']],
  ['84 LiteLLM waited too long', 408, openAi('litellm.Timeout: timed out', 'None', '408'), ['timeout']],
  ['86 an error as a list', 400, { errors: [{ message: 'bad thing' }] }, ['invalid-request']],
  ['86 an error as a bare message', 422, { message: 'bad thing' }, ['invalid-request']],
  ['86 an error as plain text', 400, 'bad thing', ['invalid-request']],
  ['86 an error of nothing', 500, '', ['server-error']],
  [
    '86 in band, with a word for a code (OpenRouter)',
    null,
    {
      error: {
        code: 'server_error',
        message: 'Provider disconnected',
        metadata: { error_type: 'provider_unavailable' },
      },
    },
    ['server-error'],
  ],
  ['86 in band, credits', null, { error: { code: 402, message: 'Insufficient credits' } }, ['credits']],
  ['86 in band, Ollama', null, { error: 'model runner has unexpectedly stopped' }, ['server-error']],
  ['85 a path that is none', 404, { detail: 'Not Found' }, ['protocol']],
  ['85 a redirect', 302, '', ['protocol']],
  [
    '85 moderation',
    403,
    { error: { code: 403, message: 'Your input was flagged', metadata: { reasons: ['violence'] } } },
    ['invalid-request'],
  ],
])('%s', async (_name, status, body, expected) => {
  expect(await classified(status, body)).toEqual(expected)
})

it('says what happened and what to do', () => {
  const message = (status: number, body: unknown, from: Partial<Server> = {}) =>
    classifyError(readErrorBody(JSON.stringify(body)), status, { ...server, ...from }).failure.message
  expect([
    message(401, { error: 'Unauthorized' }, { key: null }),
    message(401, { error: 'Unauthorized' }),
    message(404, { error: "model 'm' not found" }),
    message(404, { detail: 'Not Found' }),
    message(400, openAi('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')),
    message(400, { error: { message: 'request (9011 tokens) exceeds the available context size (8192 tokens)' } }),
    message(402, { error: { message: 'can only afford 30104.' } }),
    message(413, {}),
  ]).toEqual([
    'Test wants a key and the profile has none. Set a key on the profile.',
    'Test refused the key. Set a valid key on the profile. It says: Unauthorized.',
    'Test does not serve the model "m". Choose one that it lists, or load it there first. It says: model \'m\' not found.',
    'Test answered with HTTP 404 at http://127.0.0.1:8000/v1. Is the base URL right? It often ends in /v1.',
    'Test was started without tool calls. Start vLLM with --enable-auto-tool-choice and --tool-call-parser (such as qwen3_coder or hermes).',
    'The conversation (9011 tokens) does not fit into the context window of 8192 tokens of m. Shorten it, start a new chat, or serve the model with a larger window.',
    'The credits at Test pay for 30104 more tokens only. Add credits, or lower the maximum answer length of the profile.',
    'The conversation is larger than Test, or a proxy before it, takes (HTTP 413). Shorten it, start a new chat, or allow larger requests there.',
  ])
})

it('87 keeps keys out of what the server says, and cuts it', () => {
  const words = (message: string) => classifyError(readErrorBody(message), 500, server).failure.details?.serverMessage
  expect([
    words('Invalid key sk-or-v1-0123456789abcdef given'),
    words('Authorization: Bearer abcdef123456 is wrong'),
    words('The key my-own-secret is wrong'),
    words('api_key=abcdef123456 is wrong'),
    words('long '.repeat(200))?.length,
  ]).toEqual([
    'Invalid key [key] given',
    'Authorization: Bearer [key] is wrong',
    'The key [key] is wrong',
    'api_key=[key] is wrong',
    300,
  ])
})
