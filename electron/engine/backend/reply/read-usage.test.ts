import { expect, it } from 'vitest'
import { readUsage } from './read-usage.ts'

const nothing = {
  inputTokens: null,
  outputTokens: null,
  cachedInputTokens: null,
  reasoningTokens: null,
  costMicroUsd: null,
}

it.each<[string, unknown, Partial<typeof nothing> | Record<string, number> | null]>([
  [
    'vLLM',
    { prompt_tokens: 9, total_tokens: 12, completion_tokens: 3, prompt_tokens_details: null },
    { inputTokens: 9, outputTokens: 3 },
  ],
  ['Ollama native', { prompt_eval_count: 26, eval_count: 10 }, { inputTokens: 26, outputTokens: 10 }],
  ['Responses', { input_tokens: 4, output_tokens: 2 }, { inputTokens: 4, outputTokens: 2 }],
  [
    'LiteLLM over Anthropic',
    { prompt_tokens: 9, completion_tokens: 1, cache_read_input_tokens: 5 },
    { inputTokens: 9, outputTokens: 1, cachedInputTokens: 5 },
  ],
  [
    'DeepSeek',
    { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 1 },
    { inputTokens: 9, outputTokens: 1, cachedInputTokens: 8 },
  ],
  [
    'OpenRouter',
    {
      prompt_tokens: 9,
      completion_tokens: 5,
      cost: 0.00046499999999999997,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 4 },
    },
    { inputTokens: 9, outputTokens: 5, cachedInputTokens: 0, reasoningTokens: 4, costMicroUsd: 465 },
  ],
  ['free', { prompt_tokens: 1, completion_tokens: 1, cost: 0 }, { inputTokens: 1, outputTokens: 1, costMicroUsd: 0 }],
  ['an empty object', {}, null],
  ['nothing', null, null],
])('reads the usage of %s', (_name, value, expected) => {
  const usage = expected && { ...nothing, ...expected, source: 'reported' }
  expect(readUsage(value)).toEqual({ usage, odd: false })
})

it('leaves out what is no count, and says so', () => {
  expect(readUsage({ prompt_tokens: '9', completion_tokens: 3, cost: -1 })).toEqual({
    usage: { ...nothing, outputTokens: 3, source: 'reported' },
    odd: true,
  })
})

it("takes llama-server's cache count and LiteLLM's header where usage has none", () => {
  expect(
    readUsage({ prompt_tokens: 9, completion_tokens: 3 }, { timings: { cache_n: 7 }, costUsd: 0.001 }).usage,
  ).toEqual({
    ...nothing,
    inputTokens: 9,
    outputTokens: 3,
    cachedInputTokens: 7,
    costMicroUsd: 1000,
    source: 'reported',
  })
})
