import { expect, it } from 'vitest'
import { timeoutsOf } from './timeouts.ts'

const minutes = (count: number) => count * 60_000

it('is patient with servers of one’s own, and does what the profile says', () => {
  expect([
    timeoutsOf({ kind: 'vllm' }, false),
    timeoutsOf({ kind: 'custom' }, true),
    timeoutsOf({ kind: 'custom' }, false),
    timeoutsOf({ kind: 'openrouter', timeouts: { firstByteMs: 1, idleMs: 2, connectMs: 3 } }, false),
  ]).toEqual([
    { connectMs: 10_000, firstByteMs: minutes(10), idleMs: minutes(5) },
    { connectMs: 10_000, firstByteMs: minutes(10), idleMs: minutes(5) },
    { connectMs: 10_000, firstByteMs: minutes(2), idleMs: minutes(2) },
    { connectMs: 3, firstByteMs: 1, idleMs: 2 },
  ])
})
