import { expect, test } from 'vitest'
import type { ModelInfo } from '#shared/profile/profile.ts'
import { modelWords } from './model-words.ts'

const plain: ModelInfo = {
  id: 'm',
  contextWindow: null,
  maxOutputTokens: null,
  inputCostPerMillion: null,
  outputCostPerMillion: null,
}

test('a model is told with what its server says of it, and with nothing else', () => {
  expect([
    modelWords(plain),
    modelWords({ ...plain, contextWindow: 8192, abilities: { tools: true, vision: false, thinking: true } }),
    modelWords({ ...plain, abilities: { tools: false } }),
    modelWords({ ...plain, maxOutputTokens: 4096, inputCostPerMillion: 0.075, outputCostPerMillion: 2 }),
    modelWords({ ...plain, inputCostPerMillion: 1 }),
  ]).toEqual([
    'm',
    'm  8192 tokens  tools, thinking',
    'm  no tools',
    'm  answers up to 4096  $0.075 in, $2.00 out a million',
    'm',
  ])
})
