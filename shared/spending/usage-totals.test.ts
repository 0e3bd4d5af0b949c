import { expect, test } from 'vitest'
import { addModelCall, addUsage, noUsage, wasCounted } from './usage-totals.ts'

test('a call that has begun counts as a call, and uses something only once it was counted', () => {
  const begun = addModelCall(noUsage)
  const used = addUsage(begun, {
    inputTokens: 5,
    outputTokens: null,
    cachedInputTokens: null,
    reasoningTokens: null,
    costMicroUsd: null,
    source: 'reported',
  })
  expect([begun.modelCalls, wasCounted(begun), used.modelCalls, wasCounted(used)]).toEqual([1, false, 1, true])
})
