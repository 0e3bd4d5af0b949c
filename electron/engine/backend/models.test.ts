import { afterEach, expect, it } from 'vitest'
import type { BackendKind } from '#shared/profile.ts'
import {
  httpError,
  json,
  raw,
  type ScriptedBackend,
  type ScriptedBackendOptions,
  startScriptedBackend,
} from '../../../e2e/support/scripted-backend.ts'
import { createBackend } from './client.ts'
import { testProfile } from './test-profile.ts'

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
          pricing: { prompt: '0.00000007', completion: '0.00000027' },
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
      },
      { ...unknown, id: 'openrouter/auto', contextWindow: 2000000 },
    ],
  ],
  [
    'llama-server',
    {
      '/v1/models': listOf({ id: 'small.gguf', meta: { n_ctx_train: 32768 } }),
      '/props': json({ total_slots: 1, default_generation_settings: { n_ctx: 8192 } }),
    },
    [{ ...unknown, id: 'small.gguf', contextWindow: 8192 }],
  ],
  [
    'ollama',
    {
      '/v1/models': listOf({ id: 'qwen3:8b', owned_by: 'library' }, { id: 'idle:1b' }),
      '/api/ps': json({ models: [{ name: 'qwen3:8b', context_length: 4096 }] }),
    },
    [
      { ...unknown, id: 'qwen3:8b', contextWindow: 4096 },
      { ...unknown, id: 'idle:1b' },
    ],
  ],
  [
    'lm-studio',
    {
      '/v1/models': listOf({ id: 'chat' }, { id: 'text-embedding' }),
      '/api/v0/models': listOf(
        { id: 'chat', type: 'llm', max_context_length: 131072, loaded_context_length: 8192 },
        { id: 'text-embedding', type: 'embeddings' },
      ),
    },
    [{ ...unknown, id: 'chat', contextWindow: 8192 }],
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
            },
          },
        ],
      }),
    },
    [{ id: 'small', contextWindow: 8192, maxOutputTokens: 2048, inputCostPerMillion: 0.3, outputCostPerMillion: 0.6 }],
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
