import { expect, it } from 'vitest'
import type { Profile } from '#shared/profile/profile.ts'
import type { Usage } from '#shared/spending/usage.ts'
import { testProfile } from '../../../test-support/test-profile.ts'
import { withCost } from './price.ts'

const usage = (cached: number | null, reported: number | null = null): Usage => ({
  inputTokens: 1000,
  outputTokens: 100,
  cachedInputTokens: cached,
  reasoningTokens: null,
  costMicroUsd: reported,
  source: 'reported',
})
const priced = { inputCostPerMillion: 2, outputCostPerMillion: 10 }

it.each<[string, Partial<Profile>, Usage, number | null]>([
  ['what the server reports wins', priced, usage(0, 7), 7],
  ['input and output have their prices', priced, usage(null), 3000],
  ['cached input without a price costs as much as other input', priced, usage(800), 3000],
  ['cached input has its own price', { ...priced, cachedInputCostPerMillion: 0.5 }, usage(800), 1800],
  ['no more is cached than was sent', { ...priced, cachedInputCostPerMillion: 0.5 }, usage(5000), 1500],
  ['reasoning without a price costs as much as other output', priced, { ...usage(null), reasoningTokens: 50 }, 3000],
  [
    'reasoning has its own price',
    { ...priced, reasoningCostPerMillion: 20 },
    { ...usage(null), reasoningTokens: 50 },
    3500,
  ],
  ['prices of 0 say that it is free', { inputCostPerMillion: 0, outputCostPerMillion: 0 }, usage(0), 0],
  ['without prices it is not known', {}, usage(0), null],
  ["a server of one's own is free", { kind: 'ollama' }, usage(0), 0],
])('%s', (_name, profile, used, cost) => {
  expect(withCost(used, testProfile('http://127.0.0.1:1/v1', profile)).costMicroUsd).toBe(cost)
})
