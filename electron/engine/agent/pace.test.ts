import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

test('a model is never waited for, a flood is held to half a million characters a second', () => {
  let now = 0
  const pace = new Pace(() => now)
  const waits = []
  for (const [ms, characters] of [
    [0, 900_000],
    [1000, 50_000],
    [1000, 50_000],
    [0, 1_000_000],
    [0, 400_000],
    [900, 0],
    [10_000, 1_000_000],
    [0, 1],
  ] as const) {
    now += ms
    waits.push(pace.delayFor(characters))
  }
  expect(waits).toEqual([0, 0, 0, 100, 900, 0, 0, 1])
})

test('a wait ends when it is stopped', async () => {
  const stop = new AbortController()
  const waited = new Pace().wait(3_600_000, stop.signal)
  stop.abort()
  await waited
})
