import { expect, test } from 'vitest'
import type { Usage } from '#shared/spending/usage.ts'
import { ageWords, durationWords, usageWords } from './words.ts'

const usage: Usage = {
  inputTokens: 1234,
  outputTokens: 56,
  cachedInputTokens: 1000,
  reasoningTokens: 7,
  costMicroUsd: 1200,
  source: 'reported',
}

test.each<[Partial<Usage>, string]>([
  [{}, '1,234 in (1,000 cached), 56 out (7 reasoning), $0.0012'],
  [{ cachedInputTokens: null, reasoningTokens: 0, costMicroUsd: 0 }, '1,234 in, 56 out, free'],
  [{ source: 'estimated', cachedInputTokens: 0, reasoningTokens: null }, 'about 1,234 in, 56 out, about $0.0012'],
  [
    { inputTokens: null, outputTokens: null, cachedInputTokens: null, reasoningTokens: null, costMicroUsd: null },
    '? in, ? out, cost not known',
  ],
])('usage with %o reads %s', (change, words) => {
  expect(usageWords({ ...usage, ...change })).toBe(words)
})

test('times are short', () => {
  expect([0, 59_999, 185_000, 3_720_000].map(durationWords)).toEqual(['0s', '59s', '3m 05s', '1h 02m'])
  expect([0, 300_000, 7_200_000, 172_800_000].map(ageWords)).toEqual(['now', '5 min', '2 h', '2 days'])
})
