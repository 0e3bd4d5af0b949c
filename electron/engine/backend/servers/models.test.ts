import { afterEach, expect, it } from 'vitest'
import type { BackendKind } from '#shared/profile/profile.ts'
import {
  httpError,
  json,
  raw,
  type ScriptedBackend,
  type ScriptedBackendOptions,
  startScriptedBackend,
} from '../../../../test-support/scripted-backend.ts'
import { testProfile } from '../../../../test-support/test-profile.ts'
import { createBackend } from '../client.ts'

let backend: ScriptedBackend
afterEach(() => backend.close())

async function list(kind: BackendKind, routes: ScriptedBackendOptions['routes'], models?: string[]) {
  backend = await startScriptedBackend({ ...(routes && { routes }), ...(models && { models }) })
  const client = createBackend({ profile: testProfile(backend.baseUrl, { kind, model: '' }), key: 'k' })
  try {
    return await client.listModels(AbortSignal.timeout(10_000))
  } finally {
    await client.close()
  }
}

const unknown = { contextWindow: null, maxOutputTokens: null, inputCostPerMillion: null, outputCostPerMillion: null }
/** What `/api/show` says of each model. */
const shown: Record<string, ReturnType<typeof json>> = {
  'qwen3:8b': json({
    capabilities: ['completion', 'tools', 'thinking'],
    model_info: { 'general.architecture': 'qwen3', 'qwen3.context_length': 40960 },
  }),
  'wide:1b': json({ parameters: 'temperature 0.6\nnum_ctx                        32768' }),
  'nomic-embed-text': json({ capabilities: ['embedding'] }),
}
const listOf = (...data: object[]) => json({ object: 'list', data })

it.each<[BackendKind, NonNullable<ScriptedBackendOptions['routes']>, object[]]>([
  [
    'custom',
    { '/v1/models': listOf({ id: 'a' }, { id: 'b' }) },
    [
      { ...unknown, id: 'a' },
      { ...unknown, id: 'b' },
    ],
  ],
  [
    'vllm',
    { '/v1/models': listOf({ id: 'qwen', owned_by: 'vllm', max_model_len: 65536 }) },
    [{ ...unknown, id: 'qwen', contextWindow: 65536 }],
  ],
  [
    'openrouter',
    {
      '/v1/models': listOf(
        {
          id: 'a/b',
          context_length: 262144,
          pricing: {
            prompt: '0.00000007',
            completion: '0.00000027',
            input_cache_read: '0.000000007',
            internal_reasoning: '0.0000005',
          },
          supported_parameters: ['tools', 'temperature'],
          architecture: { input_modalities: ['text', 'image'] },
          top_provider: { context_length: 131072, max_completion_tokens: 32768 },
        },
        {
          id: 'openrouter/auto',
          context_length: 2000000,
          pricing: { prompt: '-1', completion: '-1' },
          top_provider: {},
        },
      ),
    },
    [
      {
        id: 'a/b',
        contextWindow: 131072,
        maxOutputTokens: 32768,
        inputCostPerMillion: 0.07,
        outputCostPerMillion: 0.27,
        cachedInputCostPerMillion: 0.007,
        reasoningCostPerMillion: 0.5,
        abilities: { tools: true, thinking: false, vision: true },
      },
      { ...unknown, id: 'openrouter/auto', contextWindow: 2000000 },
    ],
  ],
  [
    'llama-server',
    {
      '/v1/models': listOf({ id: 'small.gguf', meta: { n_ctx_train: 32768 } }),
      '/props': json({
        total_slots: 1,
        default_generation_settings: { n_ctx: 8192 },
        chat_template_caps: { supports_tools: true },
        modalities: { vision: false, audio: false },
      }),
    },
    [{ ...unknown, id: 'small.gguf', contextWindow: 8192, abilities: { tools: true, vision: false } }],
  ],
  [
    'ollama',
    {
      '/v1/models': listOf(
        { id: 'qwen3:8b', owned_by: 'library' },
        { id: 'idle:1b' },
        { id: 'wide:1b' },
        { id: 'nomic-embed-text' },
      ),
      '/api/ps': json({ models: [{ name: 'qwen3:8b', context_length: 4096 }] }),
      '/api/show': ({ body }) => shown[String(body.model)] ?? httpError(404, 'model not found'),
    },
    [
      {
        ...unknown,
        id: 'qwen3:8b',
        contextWindow: 4096,
        modelWindow: 40960,
        abilities: { tools: true, vision: false, thinking: true },
      },
      { ...unknown, id: 'idle:1b' },
      { ...unknown, id: 'wide:1b', contextWindow: 32768 },
    ],
  ],
  [
    'lm-studio',
    {
      '/v1/models': listOf({ id: 'chat' }, { id: 'text-embedding' }),
      '/api/v0/models': listOf(
        {
          id: 'chat',
          type: 'vlm',
          capabilities: ['tool_use'],
          max_context_length: 131072,
          loaded_context_length: 8192,
        },
        { id: 'text-embedding', type: 'embeddings' },
      ),
    },
    [
      {
        ...unknown,
        id: 'chat',
        contextWindow: 8192,
        modelWindow: 131072,
        abilities: { tools: true, vision: true },
      },
    ],
  ],
  [
    'litellm',
    {
      '/v1/models': listOf({ id: 'small' }),
      '/v1/model/info': json({
        data: [
          {
            model_name: 'small',
            model_info: {
              max_input_tokens: 8192,
              max_output_tokens: 2048,
              input_cost_per_token: 3e-7,
              output_cost_per_token: 6e-7,
              cache_read_input_token_cost: 3e-8,
              supports_function_calling: true,
              supports_vision: null,
            },
          },
        ],
      }),
    },
    [
      {
        id: 'small',
        contextWindow: 8192,
        maxOutputTokens: 2048,
        inputCostPerMillion: 0.3,
        outputCostPerMillion: 0.6,
        cachedInputCostPerMillion: 0.03,
        abilities: { tools: true },
      },
    ],
  ],
])('reads what %s tells', async (kind, routes, expected) => {
  expect(await list(kind, routes)).toEqual(expected)
})

it('does without what an older version does not tell', async () => {
  expect(await list('litellm', { '/v1/model/info': httpError(403, 'not for this key') }, ['small'])).toEqual([
    { ...unknown, id: 'small' },
  ])
})

it.each([
  [
    'a web page',
    raw(['<html></html>'], { headers: { 'content-type': 'text/html' } }),
    'protocol',
    'Is the base URL right?',
  ],
  ['no list', json({ hello: 'world' }), 'protocol', 'no list of models'],
  ['no JSON', raw(['hello']), 'protocol', 'no list of models'],
  ['a refusal', httpError(401, 'no'), 'auth', 'refused the key'],
] as const)('%s is a failure', async (_name, reply, code, words) => {
  const listing = list('custom', { '/v1/models': reply })
  await expect(listing).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
})
